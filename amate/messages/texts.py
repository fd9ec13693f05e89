"""Texts for telephones on their way: written once a key, claimed for sending, and what became of them."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from amate.adapters.messages import Cause
from amate.adapters.messages.segments import plain, segments
from amate.adapters.messages.sms import Gateway, Text, check_gateway, telephone
from amate.audit.record import record
from amate.companies.models import Emisor
from amate.companies.secrets import seal, unseal
from amate.messages.models import TextMessage, TextSettings

KEY = "texts.gateway"


def set_texts(*, gateway: Gateway, now: datetime) -> TextSettings:
    """The company's texts leave by this gateway from now on; its keys are sealed with it. Raises BadTemplate."""
    check_gateway(gateway)
    facts = asdict(gateway) | {"success": sorted(gateway.success), "headers": dict(gateway.headers)}
    del facts["private"]
    sealed = seal(json.dumps(facts).encode(), field=KEY)
    row, _ = TextSettings.objects.update_or_create(defaults={"sealed": sealed, "changed_at": now, "closed_at": None})
    record("texts.set", about=f"text_settings:{row.pk}", now=now)
    kept: TextSettings = row
    return kept


def close_texts(*, now: datetime) -> bool:
    """No more texts leave. False: none did."""
    done = TextSettings.objects.filter(closed_at__isnull=True).update(closed_at=now)
    if done:
        record("texts.closed", about="text_settings", now=now)
    return bool(done)


def texts_leave() -> bool:
    return bool(TextSettings.objects.filter(closed_at__isnull=True).exists())


def open_gateway() -> Gateway | None:
    """The worker's only. None: the company sends no texts. Raises companies.secrets.WrongMasterKey."""
    row = TextSettings.objects.filter(closed_at__isnull=True).first()
    if row is None:
        return None
    facts: dict[str, Any] = json.loads(unseal(bytes(row.sealed), field=KEY))
    facts |= {"success": frozenset(facts["success"]), "bad_number": tuple(facts["bad_number"])}
    return Gateway(**facts, private=frozenset(settings.PRIVATE_MAIL_HOSTS))


def claim_text(
    *, key: str, kind: str, about: str, phone: str, facts: Mapping[str, Any], now: datetime
) -> tuple[TextMessage, Text] | None:
    """The text of `key` from `text/<kind>.txt`, in letters that cost once, claimed for sending. None: it was sent before, or
    a worker died over it and nobody knows. Raises BadAddress."""
    to = telephone(phone)
    message = TextMessage.objects.filter(key=key).first()
    if message is not None and message.state == TextMessage.State.SENDING:
        message.move_to(TextMessage.State.UNKNOWN, error="Se interrumpió al enviarlo: quizá salió.")
    if message is not None and message.state != TextMessage.State.WAITING:
        return None
    said = {"emisor": Emisor.objects.get()} | dict(facts)
    text = plain(" ".join(render_to_string(f"text/{kind}.txt", said).split()))
    if message is None:
        message = TextMessage.objects.create(
            key=key, kind=kind, about=about, to=to, text=text, segments=segments(text).count, created_at=now
        )
    message.move_to(TextMessage.State.SENDING, to=to, text=text, segments=segments(text).count)
    return message, Text(to=to, text=text, mark=str(message.pk))


def record_text_sent(*, message_id: int, provider_id: str, now: datetime) -> None:
    TextMessage.locked(message_id).move_to(TextMessage.State.SENT, sent_at=now, error="", provider_id=provider_id[:100])


def record_text_not_sent(*, message_id: int, error: str, cause: Cause) -> bool:
    """Whether it may be tried again. No answer in time: nobody knows whether it left, and it does not leave twice."""
    again = cause not in (Cause.ADDRESS, Cause.SILENT)
    unsure = TextMessage.State.UNKNOWN if cause == Cause.SILENT else TextMessage.State.REFUSED
    TextMessage.locked(message_id).move_to(TextMessage.State.WAITING if again else unsure, error=error)
    return again
