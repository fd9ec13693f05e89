"""What remains of a note: what was sold, less what was given back of it. Asked, never stored (FEATURES 36)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery, Sum

from amate.fiscal.ingreso import SaleLine
from amate.fiscal.line import Line
from amate.fiscal.returned import Given, less
from amate.fiscal.tables.monedas import decimals_of
from amate.invoices.lines import lines_from_json, lines_to_json
from amate.invoices.models import Invoice
from amate.self_invoicing.models import Refund, Ticket

Rest = list[Line | None]
"""By place of the line in the note; None: nothing of it."""


@dataclass(frozen=True, slots=True)
class Remains:
    """`lines` as `invoices.lines` keeps them, without those that are gone."""

    lines: list[dict[str, Any]]
    total: Decimal


def remains_of(ticket: Ticket, *, by: Invoice | None = None) -> Remains:
    """Now; or `by` a document that tells the note, with what was given back since then still in it."""
    refunds = refunds_of([ticket]).get(ticket.pk, [])
    return left_after(ticket, refunds if by is None else before(refunds, root_of(by)))


def left_after(ticket: Ticket, refunds: Sequence[Refund]) -> Remains:
    if not refunds:
        return Remains(ticket.lines, ticket.total)
    sales = lines_from_json(ticket.lines)
    rest = rest_after(sales, refunds, moneda=ticket.moneda)
    kept = [replace(sale, line=line) for sale, line in zip(sales, rest, strict=True) if line is not None]
    return Remains(lines_to_json(kept), ticket.total - sum((one.total for one in refunds), Decimal(0)))


def rest_after(sales: Sequence[SaleLine], refunds: Iterable[Refund], *, moneda: str) -> Rest:
    """In the order they came: a part of what is left is worth what it is then."""
    rest: Rest = [sale.line for sale in sales]
    decimals = decimals_of(moneda)
    for refund in refunds:
        for place, given in given_of(refund):
            rest[place] = less(rest[place], given, decimals=decimals)
    return rest


def given_of(refund: Refund) -> list[tuple[int, Given]]:
    return [
        (
            one["place"],
            Given(cantidad=Decimal(one["cantidad"])) if "cantidad" in one else Given(importe=Decimal(one["importe"])),
        )
        for one in refund.lines
    ]


def refunds_of(tickets: Sequence[Ticket]) -> dict[int, list[Refund]]:
    """Of each note that has any, in the order they came."""
    found: dict[int, list[Refund]] = {}
    of_them = Refund.objects.filter(ticket_id__in=[ticket.pk for ticket in tickets])
    for refund in of_them.select_related("credit_note").order_by("pk"):
        found.setdefault(refund.ticket_id, []).append(refund)
    return found


def refunded(ticket: Ticket) -> Decimal:
    return Decimal(Refund.objects.filter(ticket=ticket).aggregate(sum=Sum("total"))["sum"] or 0)


def refunded_cents() -> Subquery:
    """Of each of many notes, in SQL; None where nothing was given back."""
    own = Refund.objects.filter(ticket=OuterRef("pk")).order_by().values("ticket")
    return Subquery(own.annotate(cents=Sum("total_cents")).values("cents"))


def before(refunds: Iterable[Refund], root: Invoice) -> list[Refund]:
    """Those that a document, by its root, does not tell any more: it came after them."""
    return [one for one in refunds if one.newest_document_id is None or one.newest_document_id < root.pk]


def root_of(document: Invoice) -> Invoice:
    """What first told the sale: a substitute tells what its original told. Documents of a note are drafted under its lock,
    so their ids are in the order of what they saw."""
    while document.replaces is not None:
        document = document.replaces
    return document
