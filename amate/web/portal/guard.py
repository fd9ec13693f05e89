"""Guessing stopped: who missed too often waits, and is told how long (OUTSIDE GRD-4, DECISIONS E4).

A network is often many people: a telephone company's customers leave by one address. Its misses slow it down for all of
them and shut nobody out: once it has used up its limits, its misses are rationed by the minute, and whoever knows the
code and the total of his note waits no longer than that, unless somebody there goes on guessing. One code is of one
note: its limit shuts.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from amate.access.limit import Limit, hit, seconds_to_wait, waits_of
from amate.web.network import network_of

logger = logging.getLogger(__name__)

NETWORK = Limit("portal-miss-network", 10, 600)
NETWORK_A_DAY = Limit("portal-miss-network", 40, 86_400)
NETWORK_SLOWLY = Limit("portal-miss-slowly", 6, 60)
CODE = Limit("portal-miss-code", 10, 3_600)
COMPANY = Limit("portal-miss-company", 200, 600)
COMPANY_ALARM = Limit("portal-alarm-company", 1, 600)
STAMPS = "portal-stamp-rfc"
AN_HOUR = 3_600

Refuse = Callable[[int], HttpResponse]
Buckets = tuple[tuple[Limit, str], ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """Somebody tries a code, or the RFC of an invoice. The code itself is never written down."""

    company_id: int
    network: str
    code: str

    @property
    def here(self) -> str:
        return f"{self.company_id}:{self.network}"  # what is missed in one shop slows nobody down in the others

    @property
    def of_the_network(self) -> Buckets:
        return ((NETWORK, self.here), (NETWORK_A_DAY, self.here))

    @property
    def slowly(self) -> Buckets:
        return ((NETWORK_SLOWLY, self.here),)

    @property
    def of_the_code(self) -> Buckets:
        return ((CODE, self.code),)


def guess_of(request: HttpRequest, *, code: str) -> Guess:
    company_id: int = request.company.pk  # type: ignore[attr-defined]
    return Guess(company_id=company_id, network=network_of(request), code=_kept(request, code))


def must_wait(guess: Guess, *, now: datetime) -> int:
    """Seconds until this visitor may try again; 0 now."""
    *network, of_the_code, slowly = waits_of((*guess.of_the_network, *guess.of_the_code, *guess.slowly), now=now)
    return max(of_the_code, slowly) if any(network) else of_the_code


def count_miss(request: HttpRequest, guess: Guess, *, now: datetime, refuse: Refuse | None) -> None:
    """Count it when the request's transaction has ended. `refuse` answers instead where the network had used up its limits,
    or simultaneous tries passed them; None: what was answered stands."""

    def after(response: HttpResponse) -> HttpResponse | None:
        rationed = seconds_to_wait(guess.of_the_network, now=now) > 0
        counted = (*guess.of_the_network, *guess.of_the_code, *(guess.slowly if rationed else ()))
        within = [hit(limit, who, now=now) for limit, who in counted]
        _watch(guess.company_id, now=now)
        return None if all(within) or refuse is None else refuse(_wait_told(guess, now=now))

    afterwards(request, after)


def stamps_must_wait(request: HttpRequest, rfc: str, *, most: int, now: datetime) -> int:
    """Seconds until the portal issues to this RFC again: stamps cost the company money. `most` an hour."""
    return seconds_to_wait(((Limit(STAMPS, most, AN_HOUR), _kept(request, rfc)),), now=now)


def count_stamp(request: HttpRequest, rfc: str, *, most: int, now: datetime) -> None:
    def after(response: HttpResponse) -> None:
        hit(Limit(STAMPS, most, AN_HOUR), _kept(request, rfc), now=now)

    afterwards(request, after)


def _wait_told(guess: Guess, *, now: datetime) -> int:
    """Also where a slow try is left at once: who misses reads his note again, and does not hurry."""
    return max(must_wait(guess, now=now), NETWORK_SLOWLY.seconds - int(now.timestamp()) % NETWORK_SLOWLY.seconds)


def _kept(request: HttpRequest, secret: str) -> str:
    """A code or an RFC as the limiter keeps it: of one company, and readable by nobody."""
    company_id: int = request.company.pk  # type: ignore[attr-defined]
    return salted_hmac("amate.portal.code", f"{company_id}:{secret}", algorithm="sha256").hexdigest()[:32]


def _watch(company_id: int, *, now: datetime) -> None:
    who = str(company_id)
    # Shutting a whole shop's portal would be the attacker's success, so it only rings, once a window.
    if not hit(COMPANY, who, now=now) and hit(COMPANY_ALARM, who, now=now):
        logger.error("portal of company %s: more than %d misses in %d s", who, COMPANY.hits, COMPANY.seconds)


def afterwards(request: HttpRequest, after: Callable[[HttpResponse], HttpResponse | None]) -> None:
    """Do it when the request's transaction has ended; what it answers takes the place of the answer."""
    waiting = getattr(request, "after_scope", [])
    request.after_scope = [*waiting, after]  # type: ignore[attr-defined]
