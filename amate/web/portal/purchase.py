"""The customer's paper as the screen draws it: what was bought, for how much, and until when it may be invoiced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from amate.fiscal.clock import zone_of
from amate.fiscal.money import Taxed, summarise, tax_line
from amate.fiscal.tables.impuestos import IEPS, IVA
from amate.fiscal.tables.monedas import decimals_of
from amate.invoices.lines import lines_from_json
from amate.papers.dates import zone_in_words
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.rules import days_left
from amate.self_invoicing.what_remains import remains_of
from amate.web.portal.language import in_full, short

SHOWN = 6
NAMES = {IVA: "IVA", IEPS: "IEPS"}


@dataclass(frozen=True, slots=True)
class Purchase:
    """Texts and amounts of one note. `lines` and `taxes` are of what remains of it, which is `remaining`; each line with what
    it adds, taxes included; `more` were left out. `total` is the printed one; `refunded`: what was given back, if anything. `also`: the
    other notes of its invoice by folio with what remains of each, and `whole` of all of them; the deadline is the first."""

    folio: str
    branch: str
    sold_on: str
    lines: tuple[tuple[str, Decimal], ...]
    more: int
    taxes: tuple[tuple[str, Decimal], ...]
    total: Decimal
    refunded: Decimal
    remaining: Decimal
    moneda: str
    deadline: str
    zone: str
    left: str
    may_print: bool
    also: tuple[tuple[str, Decimal], ...]
    whole: Decimal


def purchase_of(ticket: Ticket, *, now: datetime, also: Sequence[Ticket] = ()) -> Purchase:
    """`also`: other notes that go in the same invoice."""
    zone = zone_of(ticket.branch.cp)
    decimals = decimals_of(ticket.moneda)
    rest = remains_of(ticket)
    sales = lines_from_json(rest.lines)
    taxed = [tax_line(sale.line, decimals=decimals) for sale in sales]
    deadline = min(one.deadline for one in (ticket, *also)).astimezone(zone)
    others = [(other, remains_of(other).total) for other in also]
    return Purchase(
        folio=ticket.folio,
        branch=ticket.branch.nombre,
        sold_on=short(ticket.sold_at.astimezone(zone)),
        lines=tuple((sale.descripcion, paid.total) for sale, paid in zip(sales[:SHOWN], taxed, strict=False)),
        more=max(len(sales) - SHOWN, 0),
        taxes=_taxes(taxed, decimals),
        total=ticket.total,
        refunded=ticket.total - rest.total,
        remaining=rest.total,
        moneda=ticket.moneda,
        deadline=in_full(deadline),
        zone=zone_in_words(zone.key),
        may_print=ticket.state != Ticket.State.VOID,
        also=tuple((other.folio, remaining) for other, remaining in others),
        whole=rest.total + sum((remaining for _, remaining in others), Decimal(0)),
        left=_left(days_left(deadline=deadline, now=now, zone=zone)),
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
