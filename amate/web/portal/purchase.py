"""The customer's paper as the screen draws it: what was bought, for how much, and until when it may be invoiced."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from amate.fiscal.clock import zone_of
from amate.fiscal.money import Taxed, summarise, tax_line
from amate.fiscal.tables.impuestos import IEPS, IVA
from amate.fiscal.tables.monedas import decimals_of
from amate.invoices.lines import lines_from_json
from amate.papers.dates import in_full, short, zone_in_words
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.rules import days_left

SHOWN = 6
NAMES = {IVA: "IVA", IEPS: "IEPS"}


@dataclass(frozen=True, slots=True)
class Purchase:
    """Texts and amounts of one note. `lines` are what each adds to the total, taxes included; `more` were left out."""

    folio: str
    branch: str
    sold_on: str
    lines: tuple[tuple[str, Decimal], ...]
    more: int
    taxes: tuple[tuple[str, Decimal], ...]
    total: Decimal
    moneda: str
    deadline: str
    zone: str
    left: str
    may_print: bool


def purchase_of(ticket: Ticket, *, now: datetime) -> Purchase:
    zone = zone_of(ticket.branch.cp)
    decimals = decimals_of(ticket.moneda)
    sales = lines_from_json(ticket.lines)
    taxed = [tax_line(sale.line, decimals=decimals) for sale in sales]
    deadline = ticket.deadline.astimezone(zone)
    return Purchase(
        folio=ticket.folio,
        branch=ticket.branch.nombre,
        sold_on=short(ticket.sold_at.astimezone(zone)),
        lines=tuple((sale.descripcion, paid.total) for sale, paid in zip(sales[:SHOWN], taxed, strict=False)),
        more=max(len(sales) - SHOWN, 0),
        taxes=_taxes(taxed, decimals),
        total=ticket.total,
        moneda=ticket.moneda,
        deadline=in_full(deadline),
        zone=zone_in_words(zone.key),
        may_print=ticket.state != Ticket.State.VOID,
        left=_left(days_left(deadline=ticket.deadline, now=now, zone=zone)),
    )


def _taxes(taxed: list[Taxed], decimals: int) -> tuple[tuple[str, Decimal], ...]:
    sums: dict[str, Decimal] = {}
    totals = summarise(taxed, decimals=decimals)
    for tax in totals.impuestos.traslados if totals.impuestos else ():
        if tax.importe:
            name = NAMES.get(tax.impuesto, tax.impuesto)
            sums[name] = sums.get(name, Decimal(0)) + tax.importe
    return tuple((f"{name} incluido", amount) for name, amount in sums.items())


def _left(days: int) -> str:
    if days == 0:
        return "Hoy es el último día para facturar"
    return f"Te queda{'n' if days > 1 else ''} {days} día{'s' if days > 1 else ''} para facturar"
