"""One mail before a note's time is over, only to whoever stopped at it and asked for that (FEATURES 67)."""

from datetime import datetime, timedelta

from amate.adapters.messages import Outgoing
from amate.audit.record import record
from amate.fiscal.clock import zone_of
from amate.messages.mail import claim_mail, outgoing
from amate.messages.way import Way
from amate.papers.dates import in_full, zone_in_words
from amate.promises.kinds import MAIL
from amate.promises.promise import promise
from amate.self_invoicing.links import qr_url
from amate.self_invoicing.models import ExpiryReminder, Ticket
from amate.self_invoicing.queries import live_invoice, stand_of
from amate.self_invoicing.rules import Standing
from amate.tenancy.writes import insert_unless_there

BEFORE = timedelta(hours=48)


def may_be_reminded(ticket: Ticket, *, now: datetime) -> bool:
    """Whether there is still a moment to wait for."""
    return bool(ticket.deadline - BEFORE > now)


def keep_reminder(*, ticket: Ticket, correo: str, now: datetime) -> None:
    """Once a note and mail; asked again it is the same wish."""
    wish = ExpiryReminder(ticket=ticket, correo=correo.lower(), asked_at=now, due_at=ticket.deadline - BEFORE)
    if insert_unless_there(wish):
        record("ticket.reminder_asked", about=f"ticket:{ticket.pk}", now=now)


def owe_reminders(*, now: datetime) -> None:
    """Those whose moment has come: told if the note can still be invoiced, and forgotten either way."""
    due = ExpiryReminder.objects.select_for_update(no_key=True, of=("self",)).filter(
        settled_at__isnull=True, due_at__lte=now
    )
    for one in due.select_related("ticket__branch").order_by("pk"):
        if _waits(one.ticket, now=now):
            key = f"expiry:{one.pk}"
            promise(
                "remind_expiry",
                key=key,
                now=now,
                priority=MAIL,
                ticket_id=one.ticket_id,
                to=one.correo,
                message=key,
            )
        ExpiryReminder.objects.filter(pk=one.pk).update(settled_at=now, correo="")


def prepare_expiry_mail(
    *, ticket_id: int, to: str, key: str, portal: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """Write the message (once a key) and claim it for sending. `portal` as `links.qr_url`. None: it was sent before, or the
    note was invoiced or ended meanwhile."""
    ticket = Ticket.objects.select_related("branch").get(pk=ticket_id)
    if not _waits(ticket, now=now):
        return None
    zone = zone_of(ticket.branch.cp)
    facts = {
        "ticket": ticket,
        "link": qr_url(portal=portal, code=ticket.code, total_cents=ticket.total_cents),
        "deadline": f"{in_full(ticket.deadline.astimezone(zone))} ({zone_in_words(zone.key)})",
        "button": f"Facturar mi compra de ${ticket.total:,.2f}",
    }
    message = claim_mail(key=key, kind="expiry", about=f"ticket:{ticket.pk}", to=to, facts=facts, way=way, now=now)
    return None if message is None else (message.pk, outgoing(message, way=way))


def _waits(ticket: Ticket, *, now: datetime) -> bool:
    return stand_of(ticket, now=now, invoice=live_invoice(ticket)).standing is Standing.CLAIMABLE
