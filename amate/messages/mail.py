"""A mail on its way: written once a key, claimed for sending, and what became of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from amate.adapters.messages import Attachment, Outgoing
from amate.messages.models import Message


def claim_mail(*, key: str, kind: str, about: str, to: str, facts: Mapping[str, Any], now: datetime) -> Message | None:
    """The message of `key`, written if it is new from `mail/<kind>{_subject.txt,.txt,.html}`, and claimed for sending.

    None: it was sent before.
    """
    message: Message | None = Message.objects.filter(key=key).first()
    if message is None:
        message = Message.objects.create(
            key=key,
            kind=kind,
            about=about,
            to=to,
            subject=" ".join(render_to_string(f"mail/{kind}_subject.txt", facts).split()),
            text=render_to_string(f"mail/{kind}.txt", facts),
            html=render_to_string(f"mail/{kind}.html", facts),
            created_at=now,
        )
    if message.state == Message.State.SENT:
        return None
    message.move_to(Message.State.SENDING)
    return message


def outgoing(
    message: Message, *, sender: str, sender_name: str, reply_to: str, attachments: tuple[Attachment, ...] = ()
) -> Outgoing:
    """As the mail server gets it. The same message has the same Message-ID however often it goes out."""
    return Outgoing(
        message_id=f"<{message.company_id}.{message.pk}@{sender.rsplit('@', 1)[-1]}>",
        sender=sender,
        sender_name=sender_name,
        reply_to=reply_to,
        to=message.to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        attachments=attachments,
    )


def record_sent(*, message_id: int, now: datetime) -> None:
    Message.locked(message_id).move_to(Message.State.SENT, sent_at=now, error="")


def record_not_sent(*, message_id: int, error: str, for_good: bool) -> None:
    """It did not leave: a refused address waits for a person, anything else is tried again."""
    state = Message.State.REFUSED if for_good else Message.State.WAITING
    Message.locked(message_id).move_to(state, error=error)
