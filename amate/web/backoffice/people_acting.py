"""Who is at the page, as the audit will name whoever works for him later."""

from django.http import HttpRequest

from amate.audit.models import ActorKind
from amate.audit.record import Actor


def asker_of(request: HttpRequest) -> tuple[int, Actor]:
    """Whose the work is, and how the audit names that person."""
    assert request.user.pk is not None
    return request.user.pk, Actor(ActorKind.PERSON, request.user.email, request.request_id)  # type: ignore[attr-defined]
