"""How often people may have something mailed: a page of ours is no mail cannon."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from amate.access.limit import Limit, hit, seconds_to_wait

PORTAL = Limit("portal-send-invoice", 5, 3_600)
OFFICE = Limit("office-send", 20, 3_600)
MANY = Limit("office-send-many", 10, 3_600)
TESTS = Limit("mail-test", 10, 3_600)

SENT_TOO_OFTEN = "Ya se envió muchas veces en esta hora. Espera un rato, o descárgala y mándala tú"


def sends_must_wait(limit: Limit, who: str, *, now: datetime) -> int:
    """Seconds until it may be mailed again; 0 now. `who`: what is sent, as `invoice:<id>`; ids are of one company."""
    return seconds_to_wait(((limit, who),), now=now)


def count_send(request: HttpRequest, limit: Limit, who: str, *, now: datetime) -> None:
    """Count it once the request's transaction has ended."""

    def after(response: HttpResponse) -> None:
        hit(limit, who, now=now)

    waiting: list[Callable[[HttpResponse], HttpResponse | None]] = getattr(request, "after_scope", [])
    request.after_scope = [*waiting, after]  # type: ignore[attr-defined]
