"""The portal takes an expired note again for some hours: an exception that a person gives (FEATURES 33, L8)."""

from datetime import datetime, timedelta

from amate.audit.record import record
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.queries import live_invoice, stand_of
from amate.self_invoicing.rules import Standing
from amate.tenancy.writes import rewrite

LONGEST = timedelta(days=31)
WHY_NOT = {
    Standing.INVOICED: "Ya está facturada.",
    Standing.IN_GLOBAL: "Ya está en la factura global: reabrirla no la saca de ahí.",
    Standing.AFTER_GLOBAL: "Ya está en la factura global, y su comprador todavía la factura en el portal.",
    Standing.ISSUING: "Se está facturando ahora mismo.",
    Standing.HELD_BY_US: "Su factura espera a que arregles algo de tu empresa: está en Pendientes.",
    Standing.VOID: "Está cancelada.",
    Standing.SPLIT: "Se dividió: reabre la parte que haga falta.",
    Standing.LOCKED: "Está en revisión: desbloquéala primero.",
    Standing.PORTAL_OFF: "El portal está apagado: enciéndelo, o factúrala en el mostrador.",
    Standing.NOT_OFFERED: "Tus reglas no facturan esta compra en el portal: hazlo en el mostrador.",
    Standing.CLAIMABLE: "Todavía está en plazo: se puede facturar en el portal.",
}


class NotReopened(Exception):
    """Nothing was written. The message (Spanish) says why, and the way out."""


def reopen_ticket(*, ticket_id: int, how_long: timedelta, now: datetime) -> datetime:
    """Answers the last instant of the exception, which is the note's deadline from now on; what it printed is in the audit.
    Raises NotReopened."""
    if not timedelta(0) < how_long <= LONGEST:
        raise ValueError("an exception lasts hours or days, a month at most")
    ticket: Ticket = (
        Ticket.objects.select_related("branch").select_for_update(no_key=True, of=("self",)).get(pk=ticket_id)
    )
    standing = stand_of(ticket, now=now, invoice=live_invoice(ticket)).standing
    if standing is not Standing.EXPIRED:
        raise NotReopened(WHY_NOT[standing])
    was, until = ticket.deadline, (now + how_long).replace(microsecond=0)
    rewrite(ticket, deadline=until)
    record("ticket.reopened", about=f"ticket:{ticket.pk}", now=now, was=was.isoformat(), until=until.isoformat())
    return until
