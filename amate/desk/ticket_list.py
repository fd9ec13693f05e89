"""The list of notes: what it may be narrowed by, and what an export of it holds."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from amate.desk.branch_choices import branch_choices
from amate.desk.filters import At, Filter, Kind
from amate.desk.listing import Cell, Column, Listing
from amate.invoices.models import AT_THE_SAT, ON_THE_WAY, RefusedBy, State
from amate.self_invoicing.codes import hide_code, show_code
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.queries import (
    STATES,
    begins,
    in_state,
    known_sources,
    live_invoice_of,
    state_of,
    with_live_claims,
)

# That there is a claim must be said: "not released" alone is also true of none.
LIVE = {"claims__isnull": False, "claims__released_at__isnull": True}
# An invoice that holds its ticket: all but one that the receiver's data were refused of (`queries.in_state`).
HOLDS = Q(claims__invoice__state__in=ON_THE_WAY) | Q(
    claims__invoice__state=State.REFUSED, claims__invoice__refused_by__in=["", RefusedBy.OURS]
)
HOLDS_MANY = Q(claims__global_invoice__state__in=ON_THE_WAY | AT_THE_SAT) | Q(
    claims__global_invoice__state=State.REFUSED, claims__global_invoice__refused_by__in=["", RefusedBy.OURS]
)
SOON = {"0": "Hoy", "3": "En 3 días", "7": "En 7 días"}


def _in_state(rows: Any, state: str, at: At) -> Any:
    """Claimed ones are found from their claims: among a million notes they may be few, or old."""
    if state == "invoiced":
        return rows.filter(**LIVE, claims__invoice__state__in=AT_THE_SAT)
    if state == "issuing":
        return rows.filter(HOLDS, **LIVE)
    if state == "in_global":
        return rows.filter(HOLDS_MANY, **LIVE)
    return rows.filter(in_state(state, now=at.now))


def _order_of_state(state: str) -> str:
    return {
        "invoiced": "-claims__id",
        "issuing": "-claims__id",
        "in_global": "-claims__id",
        "expired": "-deadline",
    }.get(state, "")


def _claimed(rows: Any, said: str, at: At) -> Any:
    if said == "si":
        return rows.filter(**LIVE, claims__invoice__isnull=False)
    return rows.filter(~Exists(Claim.objects.live().filter(ticket=OuterRef("pk"), invoice__isnull=False)))


def _expiring(rows: Any, days: str, at: At) -> Any:
    until = at.end_of(at.today + timedelta(days=int(days)))
    return rows.filter(in_state("open", now=at.now), deadline__lt=until)


def _sources() -> Iterable[tuple[str, str]]:
    return [(source, source) for source in known_sources()]


def _rows(at: At) -> Any:
    """Branches are fetched apart: joined, a table of so few rows that nobody counts them led the planner astray."""
    return with_live_claims(Ticket.objects.prefetch_related("branch").defer("lines", "digest"))


def _state(row: Ticket, at: At) -> str:
    return STATES[state_of(row, invoice=live_invoice_of(row), now=at.now)]


def _number(row: Ticket, at: At) -> str:
    invoice = live_invoice_of(row)
    return invoice.number if invoice else ""


TICKETS = Listing(
    name="notas",
    title="Ventas y autofactura",
    one="nota",
    many="notas",
    rows=_rows,
    cents="total_cents",
    moneda="moneda",
    apart=Q(state=Ticket.State.SPLIT),  # its parts are in the list, with what it cost
    filters=(
        Filter(
            "desde", "Vendida desde", Kind.DAY, lambda rows, day, at: rows.filter(sold_at__gte=at.start_of(day)),
            order=lambda day: "-sold_at",
        ),
        Filter(
            "hasta", "Vendida hasta", Kind.DAY, lambda rows, day, at: rows.filter(sold_at__lt=at.end_of(day)),
            order=lambda day: "-sold_at",
        ),
        Filter(
            "estado", "Estado", Kind.CHOICE, _in_state, choices=STATES.items, order=_order_of_state, in_sight=True
        ),
        Filter(
            "pedida", "Pedida por su comprador", Kind.CHOICE, _claimed,
            choices=lambda: (("si", "Sí"), ("no", "No")), order=lambda said: "-claims__id" if said == "si" else "",
        ),
        Filter("vence", "Por vencer", Kind.CHOICE, _expiring, choices=SOON.items, order=lambda days: "deadline"),
        Filter(
            "q", "Folio o código", Kind.WORDS, lambda rows, text, at: rows.filter(begins(text, part_of_code=at.sees_codes)),
            in_sight=True,
        ),
        Filter(
            "sucursal", "Sucursal", Kind.CHOICE, lambda rows, pk, at: rows.filter(branch_id=int(pk)), choices=branch_choices
        ),
        Filter("canal", "Canal", Kind.CHOICE, lambda rows, source, at: rows.filter(source=source), choices=_sources),
        Filter(
            "minimo", "Total desde", Kind.PESOS,
            lambda rows, pesos, at: rows.filter(total_cents__gte=int(pesos * 100)), order=lambda pesos: "-total_cents",
        ),
        Filter(
            "maximo", "Total hasta", Kind.PESOS,
            lambda rows, pesos, at: rows.filter(total_cents__lte=int(pesos * 100)), order=lambda pesos: "-total_cents",
        ),
    ),
    columns=(
        Column("Folio", Cell.TEXT, lambda row, at: row.folio),
        Column("Código", Cell.TEXT, lambda row, at: (show_code if at.sees_codes else hide_code)(row.code)),
        Column("Estado", Cell.TEXT, _state, 14),
        Column("Sucursal", Cell.TEXT, lambda row, at: row.branch.nombre),
        Column("Canal", Cell.TEXT, lambda row, at: row.source),
        Column("Clave externa", Cell.TEXT, lambda row, at: row.external_id),
        Column("Vendida", Cell.MOMENT, lambda row, at: row.sold_at),
        Column("Se factura hasta", Cell.MOMENT, lambda row, at: row.deadline),
        Column("Forma de pago", Cell.TEXT, lambda row, at: row.forma_pago, 10),
        Column("Pagos", Cell.TEXT, lambda row, at: " + ".join(f"{one['forma_pago']} {one['importe']}" for one in row.pagos), 20),
        Column("Método de pago", Cell.TEXT, lambda row, at: row.metodo_pago, 10),
        Column("Moneda", Cell.TEXT, lambda row, at: row.moneda, 8),
        Column("Total", Cell.PESOS, lambda row, at: row.total, 14),
        Column("Factura", Cell.TEXT, _number, 14),
    ),
)  # fmt: skip
