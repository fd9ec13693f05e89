"""Guessing stopped: who missed too often waits, and is told how long (OUTSIDE GRD-4, DECISIONS E4)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from amate.access.limit import Limit, hit, seconds_to_wait
from amate.web.network import network_of

logger = logging.getLogger(__name__)

NETWORK = Limit("portal-miss-network", 10, 600)
NETWORK_A_DAY = Limit("portal-miss-network", 40, 86_400)
CODE = Limit("portal-miss-code", 10, 3_600)
COMPANY = Limit("portal-miss-company", 200, 600)
COMPANY_ALARM = Limit("portal-alarm-company", 1, 600)
STAMPS = Limit("portal-stamp-rfc", 20, 3_600)

Refuse = Callable[[int], HttpResponse]


@dataclass(frozen=True, slots=True)
class Guess:
    """Somebody tries a code, or the RFC of an invoice. The code itself is never written down."""

    company_id: int
    network: str
    code: str

    @property
    def buckets(self) -> tuple[tuple[Limit, str], ...]:
        here = f"{self.company_id}:{self.network}"  # what is missed in one shop shuts nobody out of the others
        return ((NETWORK, here), (NETWORK_A_DAY, here), (CODE, self.code))


def guess_of(request: HttpRequest, *, code: str) -> Guess:
    company_id: int = request.company.pk  # type: ignore[attr-defined]
    return Guess(company_id=company_id, network=network_of(request), code=_kept(request, code))


def must_wait(guess: Guess, *, now: datetime) -> int:
    """Seconds until this visitor may try again; 0 now."""
    return seconds_to_wait(guess.buckets, now=now)


def count_miss(request: HttpRequest, guess: Guess, *, now: datetime, refuse: Refuse) -> None:
    """Count it when the request's transaction has ended. `refuse` answers instead when simultaneous tries passed the limit."""

    def after(response: HttpResponse) -> HttpResponse | None:
        within = [hit(limit, who, now=now) for limit, who in guess.buckets]
        _watch(guess.company_id, now=now)
        return None if all(within) else refuse(seconds_to_wait(guess.buckets, now=now))

    _afterwards(request, after)


def stamps_must_wait(request: HttpRequest, rfc: str, *, now: datetime) -> int:
    """Seconds until the portal issues to this RFC again: stamps cost the company money."""
    return seconds_to_wait(((STAMPS, _kept(request, rfc)),), now=now)


def count_stamp(request: HttpRequest, rfc: str, *, now: datetime) -> None:
    def after(response: HttpResponse) -> None:
        hit(STAMPS, _kept(request, rfc), now=now)

    _afterwards(request, after)


def _kept(request: HttpRequest, secret: str) -> str:
    """A code or an RFC as the limiter keeps it: of one company, and readable by nobody."""
    company_id: int = request.company.pk  # type: ignore[attr-defined]
    return salted_hmac("amate.portal.code", f"{company_id}:{secret}", algorithm="sha256").hexdigest()[:32]


def _watch(company_id: int, *, now: datetime) -> None:
    who = str(company_id)
    # Shutting a whole shop's portal would be the attacker's success, so it only rings, once a window.
    if not hit(COMPANY, who, now=now) and hit(COMPANY_ALARM, who, now=now):
        logger.error("portal of company %s: more than %d misses in %d s", who, COMPANY.hits, COMPANY.seconds)


def _afterwards(request: HttpRequest, after: Callable[[HttpResponse], HttpResponse | None]) -> None:
    waiting = getattr(request, "after_scope", [])
    request.after_scope = [*waiting, after]  # type: ignore[attr-defined]
