"""Rows of the lists, ready to be shown: a state is a word and a tone, a moment is in the time of its branch."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from amate.fiscal.clock import zone_of
from amate.invoices.models import Invoice, Kind, RefusedBy, State
from amate.invoices.payments import received_in_all
from amate.papers.dates import short
from amate.self_invoicing.codes import hide_code, show_code
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.queries import STATES, live_invoice_of, state_of


@dataclass(frozen=True, slots=True)
class Pill:
    """`tone` is a class of `.pill`: ok, warn, bad or nothing."""

    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class TicketRow:
    id: int
    folio: str
    code: str
    """As this role sees it."""
    branch: str
    sold: str
    deadline: str
    total: Decimal
    pill: Pill


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    id: int
    number: str
    nombre: str
    rfc: str
    origin: str
    created: str
    total: Decimal
    """Of a complement, which is of 0 XXX, what it says was received."""
    moneda: str
    pill: Pill
    sample: bool


TICKET_TONES = {
    "invoiced": "ok",
    "in_global": "ok",
    "issuing": "warn",
    "locked": "warn",
    "open": "",
    "expired": "",
    "void": "",
    "split": "",
}


def ticket_rows(tickets: Iterable[Ticket], *, now: datetime, sees_codes: bool) -> list[TicketRow]:
    """`tickets` as `queries.tickets_in` gives them."""
    return [_ticket_row(ticket, now=now, show=show_code if sees_codes else hide_code) for ticket in tickets]


def invoice_rows(invoices: Iterable[Invoice]) -> list[InvoiceRow]:
    invoices = list(invoices)
    reps = Invoice.objects.filter(pk__in=[one.pk for one in invoices if one.kind == Kind.PAGO])
    received = {pk: received_in_all(kept) for pk, kept in reps.values_list("pk", "lines")}
    return [
        InvoiceRow(
            id=invoice.pk,
            number=invoice.number or "Sin folio aún",
            nombre=invoice.nombre,
            rfc=invoice.rfc,
            origin=invoice.get_origin_display(),
            created=short(invoice.created_at.astimezone(zone_of(invoice.branch.cp))),
            total=total,
            moneda=moneda,
            pill=invoice_pill(invoice),
            sample=invoice.sample,
        )
        for invoice in invoices
        for total, moneda in [received.get(invoice.pk, (invoice.total, invoice.moneda))]
    ]


def ticket_pill(state: str) -> Pill:
    return Pill(STATES[state], TICKET_TONES[state])


def invoice_pill(invoice: Invoice) -> Pill:
    """A refusal that the receiver corrects in the portal asks nothing of staff, so it is not alarming."""
    if invoice.state == State.STAMPED:
        return Pill("Sustituida", "warn") if invoice.replaced_by_id else Pill("Vigente", "ok")
    if invoice.state == State.CANCELLED:
        return Pill("Cancelada", "")
    if invoice.state == State.REFUSED and invoice.refused_by == RefusedBy.NOBODY:
        return Pill("Abandonada", "")
    if invoice.state == State.REFUSED:
        return Pill("Por corregir", "bad") if invoice.refused_by == RefusedBy.OURS else Pill("Datos rechazados", "")
    return Pill(State(invoice.state).label, "warn")


def _ticket_row(ticket: Ticket, *, now: datetime, show: Callable[[str], str]) -> TicketRow:
    zone = zone_of(ticket.branch.cp)
    return TicketRow(
        id=ticket.pk,
        folio=ticket.folio,
        code=show(ticket.code),
        branch=ticket.branch.nombre,
        sold=short(ticket.sold_at.astimezone(zone)),
        deadline=short(ticket.deadline.astimezone(zone)),
        total=ticket.total,
        pill=ticket_pill(state_of(ticket, invoice=live_invoice_of(ticket), now=now)),
    )
