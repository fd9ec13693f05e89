"""Sending a note's link again: the same code and deadline, to whoever lost the paper."""

from datetime import datetime
from hashlib import sha256

from amate.adapters.messages import Outgoing
from amate.audit.record import record
from amate.fiscal.clock import zone_of
from amate.invoices.deliver import resend_occasion
from amate.messages.attend import attend_astray
from amate.messages.mail import claim_mail, outgoing
from amate.messages.way import Way
from amate.papers.dates import in_full, zone_in_words
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.self_invoicing.links import qr_url
from amate.self_invoicing.models import Ticket


def promise_note(*, ticket: Ticket, to: str, now: datetime) -> None:
    """Owe the mail: once a minute and address, so a double click is one wish."""
    key = f"note:{ticket.pk}:{resend_occasion(now)}:{sha256(to.encode()).hexdigest()[:16]}"
    promise("send_note", key=key, now=now, priority=SOMEBODY_WAITS, ticket_id=ticket.pk, to=to, message=key)
    attend_astray(about=f"ticket:{ticket.pk}", now=now)
    record("note.sent", about=f"ticket:{ticket.pk}", now=now, to=to)


def prepare_note_mail(
    *, ticket_id: int, to: str, key: str, portal: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """Write the message (once a key) and claim it for sending. `portal` as `links.qr_url`. None: it was sent before."""
    ticket = Ticket.objects.select_related("branch").get(pk=ticket_id)
    zone = zone_of(ticket.branch.cp)
    facts = {
        "ticket": ticket,
        "link": qr_url(portal=portal, code=ticket.code, total_cents=ticket.total_cents),
        "deadline": f"{in_full(ticket.deadline.astimezone(zone))} ({zone_in_words(zone.key)})",
        "late": now > ticket.deadline,
        "button": f"Facturar mi compra de ${ticket.total:,.2f}",
    }
    message = claim_mail(key=key, kind="note", about=f"ticket:{ticket.pk}", to=to, facts=facts, way=way, now=now)
    if message is None:
        return None
    return message.pk, outgoing(message, way=way)
