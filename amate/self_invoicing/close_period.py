"""The factura global of a branch and period: its notes are nobody else's from the transaction that drafts it (DB-1, C11)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from amate.companies.models import Branch, Emisor
from amate.fiscal.clock import zone_of
from amate.fiscal.comprobante import DocumentRefused
from amate.fiscal.factura_global import MOST_TICKETS
from amate.fiscal.global_period import GlobalPeriod
from amate.fiscal.money import MoneyRefused
from amate.invoices.issue_global import issue_global
from amate.invoices.models import Invoice, Origin
from amate.self_invoicing.claim import CANNOT_ISSUE
from amate.self_invoicing.in_global import sales_of
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.period_notes import notes_of_period
from amate.self_invoicing.what_remains import refunds_of
from amate.tenancy.writes import insert_all

MOST_AT_ONCE = 10 * MOST_TICKETS
"""Of one press or one run; what is more makes further parts with the next one."""


class NoGlobal(Exception):
    """Nothing was written. The message (Spanish) says why, and what to do."""


class NothingLeft(NoGlobal):
    """Every note of the period has its document, or may not enter."""


class PeriodChanged(NoGlobal):
    """It is not what was looked at: a note came, went, or was invoiced meanwhile."""


def close_period(
    *, branch_id: int, period: GlobalPeriod, seen: tuple[int, Decimal] | None, origin: Origin, now: datetime
) -> list[Invoice]:
    """Draft the global of what is left of the period, in parts, and owe their stamps. `seen`: how many notes a person
    looked at and what they add up to; None: whatever there is.

    Locks in the house's order (C6): notes by id, the check in a new statement, then the documents. A buyer who claims one
    of them at this instant has it, or the global has it: the unique index on live claims is the last referee. Two at once
    of one branch go one after the other. Raises NoGlobal.
    """
    if Emisor.objects.filter(issuing_suspended=True).exists():
        raise NoGlobal(CANNOT_ISSUE)
    branch: Branch = Branch.objects.select_for_update(no_key=True).get(pk=branch_id)
    if period.first > now.astimezone(zone_of(branch.cp)).date():
        raise NoGlobal("Ese periodo aún no empieza: elige uno que ya tenga ventas.")
    left = notes_of_period(branch=branch, period=period).filter(fate="enters")
    ids = list(left.order_by("sold_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    list(Ticket.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    # What a global tells of a note, and nothing else: there may be twenty thousand.
    entering = left.filter(pk__in=ids).only("company", "folio", "forma_pago", "lines", "total", "moneda")
    tickets = list(entering.order_by("sold_at", "pk"))
    if not tickets:
        raise NothingLeft("De ese periodo no queda ninguna nota por facturar.")
    if seen is not None and seen != (len(tickets), _worth(tickets)):
        raise PeriodChanged("Las notas del periodo cambiaron desde que lo viste: revísalo otra vez y emite.")
    sales = sales_of(tickets)
    try:
        with transaction.atomic():
            made = issue_global(branch=branch, period=period, sales=sales, origin=origin, now=now)
            told = sum((one.total for one in made), Decimal(0))
            if told != (worth := _worth(tickets)):
                raise NoGlobal(not_adding_up(worth=worth, told=told))
    except (DocumentRefused, MoneyRefused) as refused:
        raise NoGlobal(str(refused)) from refused
    whose = {one["no_identificacion"]: invoice for invoice in made for one in invoice.lines}
    insert_all(
        [
            Claim(ticket_id=ticket.pk, global_invoice=whose[sale.no_identificacion], claimed_at=now)
            for ticket, sale in zip(tickets, sales, strict=True)
            if sale.no_identificacion in whose  # what adds up to nothing is in no part
        ]
    )
    return made


def not_adding_up(*, worth: Decimal, told: Decimal) -> str:
    """No global is stamped that does not reconcile with its notes to the cent (FEATURES 46)."""
    return (
        f"No cuadra: las notas suman {worth:,.2f} y la global diría {told:,.2f}. No se emitió nada; avisa a quien administra "
        "tu Amate, porque alguna nota cambió por fuera."
    )


def _worth(tickets: Sequence[Ticket]) -> Decimal:
    """What remains of them."""
    back = sum((one.total for refunds in refunds_of(tickets).values() for one in refunds), Decimal(0))
    return sum((ticket.total for ticket in tickets), Decimal(0)) - back
