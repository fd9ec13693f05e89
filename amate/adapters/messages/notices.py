"""What a provider tells us of a mail afterwards: proved first, then read into plain values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from importlib import import_module
from typing import Any

from anymail.exceptions import AnymailConfigurationError, AnymailError, AnymailWebhookValidationFailure

from amate.adapters.messages import plain
from amate.adapters.messages.providers import MARK, PROVIDERS


class NoticeKind(StrEnum):
    DELAYED = "delayed"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


# Opens and clicks are nobody's business here.
KINDS = {
    "deferred": NoticeKind.DELAYED,
    "delivered": NoticeKind.DELIVERED,
    "bounced": NoticeKind.BOUNCED,
    "rejected": NoticeKind.BOUNCED,
    "failed": NoticeKind.BOUNCED,
    "complained": NoticeKind.COMPLAINED,
}


@dataclass(frozen=True, slots=True)
class MailNotice:
    """`key` is the same each time the provider tells the same; `mark` is Outgoing.mark, if it handed it back."""

    key: str
    kind: NoticeKind
    mark: str
    provider_id: str
    recipient: str
    at: datetime | None
    why: str


class BadSignature(Exception):
    """It cannot be proved that the provider says so: nothing of it is believed."""


class BadNotice(Exception):
    """It is proved, and has not the form that the provider's notices have."""


def read_notices(*, provider: str, request: Any, secret: str, signing_key: str) -> list[MailNotice]:
    """What an HTTP request of the provider tells. `secret`: the name and password of the address it was given, as
    `name:password`; `signing_key`: what it signs with, if it does. Raises BadSignature or BadNotice."""
    known = PROVIDERS[provider]
    if known.signing and not signing_key:
        raise BadSignature(f"{known.name} signs its notices and its key is missing")
    keys = {known.signing: signing_key} if known.signing else {}
    try:
        view = _view(known.code, known.name)(webhook_secret=secret, **keys)
        view.run_validators(request)
    except (AnymailWebhookValidationFailure, AnymailConfigurationError, ValueError) as refused:
        raise BadSignature(plain(refused)) from refused
    try:
        events = view.parse_events(request)
    except (AnymailError, AnymailConfigurationError, ValueError, LookupError, TypeError, AttributeError) as broken:
        raise BadNotice(plain(broken)) from broken
    return [_notice(one) for one in events if one.event_type in KINDS]


def _view(code: str, name: str) -> Any:
    return getattr(import_module(f"anymail.webhooks.{code}"), f"{name}TrackingWebhookView")


def _notice(event: Any) -> MailNotice:
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    kind, mark, theirs = KINDS[event.event_type], str(metadata.get(MARK) or ""), str(event.message_id or "")
    said = event.event_id or f"{theirs}|{mark}|{event.recipient}|{event.timestamp}"
    return MailNotice(
        key=sha256(f"{kind}|{said}".encode()).hexdigest()[:40],
        kind=kind,
        mark=mark,
        provider_id=theirs,
        recipient=str(event.recipient or ""),
        at=event.timestamp,
        why=plain(event.mta_response or event.description or event.reject_reason or ""),
    )
