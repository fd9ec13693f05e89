"""Too many tries (X3): a page with the end of the wait, because a puzzle is a dead end without script (DECISIONS E4)."""

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from amate.web import clock
from amate.web.portal.page import page
from amate.web.portal.shop import Shop, shop_of

LONGEST = timedelta(days=1)


def too_many(request: HttpRequest, shop: Shop, seconds: int, *, now: datetime, why: str = "misses") -> HttpResponse:
    """Needs no query: it may be drawn after the transaction has ended. `why`: misses; stamps, of one RFC; prints, of one
    note."""
    minutes = max(-(-seconds // 60), 1)
    answer = page(request, "waiting", shop=shop, status=429, how_long=_in_words(minutes), why=why)
    answer["Retry-After"] = str(max(seconds, 1))
    return answer


def ends(shop: Shop, seconds: int, *, now: datetime) -> str:
    """The address of the wait page for somebody whose own address must not stay in the browser."""
    return f"{shop.url('wait')}?hasta={int(now.timestamp()) + seconds}"


@require_safe
def wait(request: HttpRequest, slug: str) -> HttpResponse:
    """The end stands in the address and only this visitor reads it: the limiter, not this page, makes people wait."""
    now, shop = clock.now(), shop_of(request)
    left = _until(request.GET.get("hasta", "")) - now
    if left <= timedelta():
        return redirect(shop.url("code"))
    return too_many(request, shop, int(min(left, LONGEST).total_seconds()), now=now)


def _until(text: str) -> datetime:
    digits = text if text.isascii() and text.isdecimal() and len(text) <= 11 else "0"
    return datetime.fromtimestamp(int(digits), UTC)


def _in_words(minutes: int) -> str:
    if minutes == 1:
        return "1 minuto"
    if minutes <= 90:
        return f"{minutes} minutos"
    hours = -(-minutes // 60)
    return f"{hours} horas"
