"""A mail on its way: written once a key, claimed for sending, and what became of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from amate.adapters.messages import Attachment, Cause, Outgoing
from amate.companies.models import Emisor, Logo
from amate.messages.models import Message
from amate.messages.way import Way

LOGO = "logo@amate"
HEAVIEST_LOGO = 10_000  # bytes, in every mail (FACE 13)


def claim_mail(
    *, key: str, kind: str, about: str, to: str, facts: Mapping[str, Any], way: Way, now: datetime
) -> Message | None:
    """The message of `key`, written if it is new from `mail/<kind>{_subject.txt,.txt,.html}`, and claimed for sending.

    None: it was sent before.
    """
    message: Message | None = Message.objects.filter(key=key).first()
    if message is None:
        subject, text, html = render_mail(kind, facts, way=way)
        message = Message.objects.create(
            key=key, kind=kind, about=about, to=to, subject=subject, text=text, html=html, created_at=now
        )
    if message.state == Message.State.SENT or message.state in Message.TOLD:
        return None
    message.move_to(Message.State.SENDING)
    return message


def render_mail(kind: str, facts: Mapping[str, Any], *, way: Way) -> tuple[str, str, str]:
    """Subject, text and HTML on the company's letterhead, which adds `emisor`, `logo` and `usted` to the facts."""
    logo = f"cid:{LOGO}" if _logo(way.emisor) else ""
    whole = {"emisor": way.emisor, "logo": logo, "usted": way.usted} | dict(facts)
    subject = " ".join(render_to_string(f"mail/{kind}_subject.txt", whole).split())
    return subject, render_to_string(f"mail/{kind}.txt", whole), render_to_string(f"mail/{kind}.html", whole)


def outgoing(message: Message, *, way: Way, reply_to: str = "", attachments: tuple[Attachment, ...] = ()) -> Outgoing:
    """As the mail server gets it. The same message has the same Message-ID however often it goes out.

    `reply_to` instead of the company's own.
    """
    picture = _logo(way.emisor) if LOGO in message.html else None
    logo = (Attachment("logo.png", picture, "image", "png", cid=LOGO),) if picture else ()
    return Outgoing(
        message_id=f"<{message.company_id}.{message.pk}@{way.sender.rsplit('@', 1)[-1]}>",
        sender=way.sender,
        sender_name=way.emisor.nombre_comercial,
        reply_to=reply_to or way.reply_to,
        to=message.to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        attachments=(*logo, *attachments),
        mark=str(message.pk),
    )


def record_sent(*, message_id: int, provider_id: str, now: datetime) -> None:
    """It left. The provider may have told more of it already: then that stands."""
    message = Message.locked(message_id)
    if message.state in Message.TOLD:
        return
    message.move_to(Message.State.SENT, sent_at=now, error="", cause="", provider_id=provider_id[:200])


def record_not_sent(*, message_id: int, error: str, cause: Cause, for_good: bool) -> None:
    """It did not leave: a refused address waits for a person, anything else is tried again."""
    message = Message.locked(message_id)
    if message.state in Message.TOLD:
        return
    state = Message.State.REFUSED if for_good else Message.State.WAITING
    message.move_to(state, error=error, cause=cause.value)


def _logo(emisor: Emisor) -> bytes | None:
    row = Logo.objects.only("screen_png").first() if emisor.logo else None
    picture = bytes(row.screen_png) if row else b""
    return picture if 0 < len(picture) <= HEAVIEST_LOGO else None
