"""A divided note is whole again: as long as nobody has anything of its parts."""

from datetime import datetime

from amate.audit.record import acting_person, record
from amate.self_invoicing.models import Refund, Ticket
from amate.self_invoicing.queries import live_invoice_of, parts_of, state_of
from amate.self_invoicing.split import MAY_BE_SPLIT

REJOINED = "Se volvió a unir a la nota {folio}"


class NotRejoinable(Exception):
    """Nothing was written. The message (Spanish) says why, and the way out."""


def rejoin_ticket(*, ticket_id: int, now: datetime) -> Ticket:
    """Its parts are void and it is open, with its own code and deadline; a whole note stays as it is. Raises NotRejoinable.

    Locked by id, as everybody locks several notes: a note is older than its parts. Then the check in a new statement (C6).
    """
    ticket: Ticket = Ticket.locked(ticket_id)
    if ticket.state != Ticket.State.SPLIT:
        return ticket
    own = Ticket.objects.filter(split_of=ticket, rejoined_at__isnull=True)
    list(own.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    parts = parts_of(ticket)
    if why_not := why_not_rejoined(parts, now=now):
        raise NotRejoinable(why_not)
    for part in parts:
        reason = REJOINED.format(folio=ticket.folio)
        part.move_to(Ticket.State.VOID, state_since=now, state_reason=reason, rejoined_at=now)
    ticket.move_to(Ticket.State.OPEN, state_since=now, state_reason="")
    record("ticket.rejoined", about=f"ticket:{ticket.pk}", now=now, by=acting_person())
    return ticket


def why_not_rejoined(parts: list[Ticket], *, now: datetime) -> str:
    """`parts` as `queries.parts_of` gives them. Empty when it can be."""
    for part in parts:
        if state_of(part, invoice=live_invoice_of(part), now=now) not in MAY_BE_SPLIT:
            return f"La parte {part.folio} ya se facturó, se canceló o está en revisión: la nota queda dividida."
    if Refund.objects.filter(ticket__in=parts).exists():
        return "Algo de una parte ya se devolvió: la nota queda dividida."
    return ""
