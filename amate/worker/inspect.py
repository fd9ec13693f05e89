"""The nightly look at what must hold: every company, every invariant, a limited number of rows a night."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from amate.audit.models import Inspection, Invariant
from amate.companies.models import Company
from amate.tenancy.scope import company_scope
from amate.tenancy.writes import insert_unless_there
from amate.worker.invariants import (
    allocations_keep_within,
    audit_chain_holds,
    balance_is_what_happened,
    claim_has_its_invoice,
    credit_pays_debt,
    debt_is_in_the_books,
    instalments_keep_within,
    iva_is_of_what_was_paid,
    journal_sums_to_zero,
    left_global_is_whole,
    parts_are_the_whole,
    refund_is_credited,
    stamp_is_of_its_sealing,
    statements_go_on,
)
from amate.worker.invariants.look import Looks

logger = logging.getLogger(__name__)

EVERY: Mapping[Invariant, Looks] = {
    Invariant.CLAIM: claim_has_its_invoice.look,
    Invariant.LEFT: left_global_is_whole.look,
    Invariant.REFUND: refund_is_credited.look,
    Invariant.PARTS: parts_are_the_whole.look,
    Invariant.STAMP: stamp_is_of_its_sealing.look,
    Invariant.AUDIT: audit_chain_holds.look,
    Invariant.JOURNAL: journal_sums_to_zero.look,
    Invariant.ALLOCATIONS: allocations_keep_within.look,
    Invariant.CREDIT: credit_pays_debt.look,
    Invariant.BALANCE: balance_is_what_happened.look,
    Invariant.DEBT: debt_is_in_the_books.look,
    Invariant.IVA: iva_is_of_what_was_paid.look,
    Invariant.STATEMENTS: statements_go_on.look,
    Invariant.INSTALMENTS: instalments_keep_within.look,
}
AT_ONCE = 2_000  # rows a transaction
A_NIGHT = 50_000  # rows of one invariant in one company; a larger one goes on the next night
NIGHT = range(2, 5)  # hours of central Mexico
ONCE_A_NIGHT = timedelta(hours=12)
# A machine that is off at night is looked at when it is on.
TOO_LONG = timedelta(hours=36)


def inspect(*, now: datetime, at_once: int = AT_ONCE, a_night: int = A_NIGHT) -> None:
    """Look at whatever was not looked at tonight. A fault of one invariant keeps none of the others from being looked at."""
    for company_id, since in Company.objects.order_by("id").values_list("id", "created_at"):
        for invariant, look in EVERY.items():
            try:
                _inspect(company_id, invariant, look, since=since, now=now, at_once=at_once, a_night=a_night)
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                logger.exception("inspection failed", extra={"invariant": invariant.value, "company": company_id})


def _inspect(
    company_id: int, invariant: Invariant, look: Looks, *, since: datetime, now: datetime, at_once: int, a_night: int
) -> None:
    broken: list[int] = []
    for stride in range(max(a_night // at_once, 1)):
        with company_scope(company_id):
            row = _held(invariant)
            if row is None or (stride == 0 and not is_due(row.checked_at, since=since, now=now)):
                return
            found = look(known=row.ids, after=row.through, at_most=at_once)
            broken = row.ids = found.broken[: Inspection.KEPT]
            row.through, row.checked_at, row.whole_at = found.through, now, now if found.whole else row.whole_at
            row.save()
        if found.whole:
            break
    if broken:
        logger.error(
            "an invariant is broken", extra={"invariant": invariant.value, "company": company_id, "ids": broken[:5]}
        )


def _held(invariant: Invariant) -> Inspection | None:
    """The row under its lock. None: another worker is at it."""
    if not Inspection.objects.filter(invariant=invariant).exists():  # inserting in vain would wait for whoever holds it
        insert_unless_there(Inspection(invariant=invariant))
    rows = Inspection.objects.select_for_update(skip_locked=True, no_key=True)
    found: Inspection | None = rows.filter(invariant=invariant).first()
    return found


def is_due(checked_at: datetime | None, *, since: datetime, now: datetime) -> bool:
    """Whether it is time for what is done once a night. `since`: when the company was founded."""
    waited = now - (checked_at or since)
    if waited > TOO_LONG:
        return True
    at_night = now.astimezone(timezone.get_default_timezone()).hour in NIGHT
    return at_night and (checked_at is None or waited > ONCE_A_NIGHT)
