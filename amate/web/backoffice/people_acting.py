"""Who is at the page, as the audit will name whoever works for him later."""

from django.http import HttpRequest

from amate.audit.models import ActorKind
from amate.audit.record import Actor


def who_asks(request: HttpRequest) -> Actor:
    return Actor(ActorKind.PERSON, request.user.email, request.request_id)  # type: ignore[union-attr,attr-defined]
