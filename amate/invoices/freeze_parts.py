"""What a REP tells of the ledger is frozen with its seal: until that REP is no more, nobody takes those payments back."""

from datetime import datetime

from django.db import connection

from amate.invoices.models import Instalment, Invoice, RefusedBy, State
from amate.invoices.reopen import reopen_instalments
from amate.ledger.freeze import freeze_allocations
from amate.ledger.models import Allocation
from amate.ledger.owe_documents import owe_documents

TAKEN_BACK = "Un pago de este complemento se devolvió o se movió antes de timbrarlo: se hace otro por lo que queda."

HOLD = """
SELECT a.id, a.reversed_on FROM invoices_instalment i JOIN ledger_allocation a ON a.id = i.allocation_id
WHERE i.rep_id = %s AND i.reopened_at IS NULL ORDER BY a.id FOR NO KEY UPDATE OF a
"""


class PartsGone(Exception):
    """Something that the REP tells was taken back since it was drafted: it is not sealed."""


def hold_parts(rep: Invoice) -> list[int]:
    """The allocations that the REP tells of, locked until the transaction ends. Raises PartsGone."""
    with connection.cursor() as c:
        c.execute(HOLD, [rep.pk])
        rows = c.fetchall()
    if any(reversed_on is not None for _, reversed_on in rows):
        raise PartsGone
    return [pk for pk, _ in rows]


def freeze_parts(allocation_ids: list[int], *, now: datetime) -> None:
    if allocation_ids:
        freeze_allocations(allocation_ids=allocation_ids, now=now)


def give_up_rep(rep: Invoice, *, now: datetime) -> None:
    """A draft whose payments changed. What is left of them is documented anew."""
    told = Instalment.objects.live().filter(rep=rep, allocation__reversed_on__isnull=True)
    payments = set(told.values_list("allocation__payment_id", flat=True))
    rep.move_to(State.REFUSED, refused_by=RefusedBy.NOBODY, refusal=TAKEN_BACK)
    reopen_instalments(rep, now=now)
    owe_documents((pk for pk in payments if pk is not None), now=now)


def owe_reps(invoice: Invoice, *, now: datetime) -> None:
    """In the transaction of its stamp: what was paid of its debt before may have its REP now."""
    paid = Allocation.objects.live().filter(receivable=invoice.receivable_id)
    owe_documents(paid.values_list("payment_id", flat=True), now=now)
