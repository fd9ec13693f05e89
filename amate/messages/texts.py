"""Texts for telephones on their way: written once a key, claimed for sending, and what became of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from amate.adapters.messages import Cause
from amate.adapters.messages.segments import plain, segments
from amate.adapters.messages.sms import Text, telephone
from amate.companies.models import Emisor
from amate.messages.models import TextMessage
from amate.messages.text_bound import has_room


class TextsSpent(RuntimeError):
    """The month's bound is reached: nothing was written, and nothing leaves. The message is for people."""

    def __init__(self) -> None:
        super().__init__("Se llegó al tope de SMS de este mes.")


def claim_text(
    *, key: str, kind: str, about: str, phone: str, facts: Mapping[str, Any], now: datetime
) -> tuple[TextMessage, Text] | None:
    """The text of `key` from `text/<kind>.txt`, in letters that cost once, claimed for sending. None: it was sent before, or
    a worker died over it and nobody knows. Raises BadAddress, and TextsSpent once the month's bound is reached."""
    to = telephone(phone)
    message = TextMessage.objects.filter(key=key).first()
    if message is not None and message.state == TextMessage.State.SENDING:
        message.move_to(TextMessage.State.UNKNOWN, error="Se interrumpió al enviarlo: quizá salió.")
    if message is not None and message.state != TextMessage.State.WAITING:
        return None
    said = {"emisor": Emisor.objects.get()} | dict(facts)
    text = plain(" ".join(render_to_string(f"text/{kind}.txt", said).split()))
    count = segments(text).count
    if not has_room(count, now=now):
        raise TextsSpent
    if message is None:
        message = TextMessage.objects.create(
            key=key, kind=kind, about=about, to=to, text=text, segments=count, created_at=now
        )
    message.move_to(TextMessage.State.SENDING, to=to, text=text, segments=count, claimed_at=now)
    return message, Text(to=to, text=text, mark=str(message.pk))


def record_text_sent(*, message_id: int, provider_id: str, now: datetime) -> None:
    TextMessage.locked(message_id).move_to(TextMessage.State.SENT, sent_at=now, error="", provider_id=provider_id[:100])


def record_text_not_sent(*, message_id: int, error: str, cause: Cause) -> bool:
    """Whether it may be tried again. No answer in time: nobody knows whether it left, and it does not leave twice."""
    again = cause not in (Cause.ADDRESS, Cause.SILENT)
    unsure = TextMessage.State.UNKNOWN if cause == Cause.SILENT else TextMessage.State.REFUSED
    TextMessage.locked(message_id).move_to(TextMessage.State.WAITING if again else unsure, error=error)
    return again
