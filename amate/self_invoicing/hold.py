"""What the company does to a note that nobody has invoiced: hold it back, give it back, or cancel the sale."""

from datetime import datetime

from amate.audit.record import acting_person, record
from amate.invoices.models import Invoice, Kind, State
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.queries import live_invoice, state_of

LONGEST_REASON = 200
DIVIDED = "Esta nota se dividió: hazlo con sus partes, o vuelve a unirla primero."


class TicketNotFree(Exception):
    """The note stays as it is. The message (Spanish) says why, and the way out."""


def lock_ticket(*, ticket_id: int, reason: str, now: datetime) -> Ticket:
    """Keep the portal and the counter from invoicing it until it is unlocked. Locking it again changes nothing.

    Raises TicketNotFree.
    """
    ticket = _free(ticket_id, now=now)
    if ticket.state == Ticket.State.VOID:
        raise TicketNotFree("Esta nota está cancelada: ya nadie puede facturarla y no hace falta bloquearla.")
    return _move(ticket, Ticket.State.LOCKED, "ticket.locked", reason=reason, now=now)


def unlock_ticket(*, ticket_id: int, now: datetime) -> Ticket:
    """Give it back, with its code and deadline as they were. An open note stays open. Raises TicketNotFree."""
    ticket = _free(ticket_id, now=now)
    if ticket.state == Ticket.State.VOID:
        raise TicketNotFree("Esta nota está cancelada y no vuelve: registra la venta otra vez, con otra clave.")
    return _move(ticket, Ticket.State.OPEN, "ticket.unlocked", reason="", now=now)


def void_ticket(*, ticket_id: int, reason: str, now: datetime) -> Ticket:
    """The sale did not happen: it is never invoiced. For good; voiding it again changes nothing. Raises TicketNotFree."""
    return _move(_free(ticket_id, now=now), Ticket.State.VOID, "ticket.voided", reason=reason, now=now)


def _free(ticket_id: int, *, now: datetime) -> Ticket:
    """The note under its lock, which buyers take too; the check in a new statement sees who was first (C6)."""
    ticket = Ticket.locked(ticket_id)
    if ticket.state == Ticket.State.SPLIT:
        raise TicketNotFree(DIVIDED)
    invoice = live_invoice(ticket)
    if invoice is not None and state_of(ticket, invoice=invoice, now=now) in ("issuing", "invoiced", "in_global"):
        raise TicketNotFree(_held_by(invoice))
    return ticket


def _held_by(invoice: Invoice) -> str:
    if invoice.kind == Kind.GLOBAL:
        return (
            f"Esta nota está en la factura global {invoice}: si la venta no fue, acredítala ahí con su número; para "
            "cancelar la nota hay que cancelar antes la global."
        )
    if invoice.state == State.STAMPED:
        return (
            f"Esta nota ya tiene la factura {invoice.number}: lo que se cancela es la factura, y después podrás "
            "cancelar la nota."
        )
    if invoice.state == State.REFUSED:
        return "La factura de esta nota espera a que la corrijas: ábrela, corrige la causa y reintenta."
    return "Esta nota se está facturando en este momento: espera a que termine y vuelve a intentarlo."


def _move(ticket: Ticket, state: Ticket.State, act: str, *, reason: str, now: datetime) -> Ticket:
    if ticket.state == state:
        return ticket
    ticket.move_to(state, state_since=now, state_reason=reason)
    record(act, about=f"ticket:{ticket.pk}", now=now, reason=reason, by=acting_person())
    return ticket
