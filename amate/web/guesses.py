"""Guessing a password or a second step stopped, so that nobody can lock somebody else out by it.

Tries are counted where they come from: a device on which the person entered before (a signed cookie says so) has a
count of its own, which no stranger can use up. Every other try counts for its network, and for the account as a whole.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from amate.access.limit import Limit, give_back, hit, seconds_to_wait
from amate.web import clock
from amate.web.network import network_of

HERE = Limit("login-here", 5, 300)  # one account, from one network or one known device
NETWORK = Limit("login-network", 20, 300)
EVERYWHERE = Limit("login-account", 100, 3600)  # one account, from every device that never entered it
DEVICE = "amate_equipo_"
DEVICE_FOR = timedelta(days=180)
SALT = "amate.web.device"


@dataclass(frozen=True, slots=True)
class Guess:
    buckets: tuple[tuple[Limit, str], ...]
    now: datetime

    def was_right(self) -> None:
        for limit, who in self.buckets:
            give_back(limit, who, now=self.now)


def count_guess(request: HttpRequest, *, of: str, secret: str) -> Guess:
    """Count one try before it is made, so that simultaneous ones cannot pass the limit together.

    `of` is the mail of the account and `secret` which one of its secrets is tried; both are kept only as a digest. Raises
    ValidationError, which counts nothing more, while there were too many. Outside a transaction only: pages of no company
    have none.
    """
    now, kept = clock.now(), _digest(f"{secret}:{of}")
    known = _device(request, of=of)
    buckets = ((HERE, f"{kept}@{known}"),) if known else _of_a_stranger(kept, network_of(request))
    wait = seconds_to_wait(buckets, now=now)
    if not wait and not all(hit(limit, who, now=now) for limit, who in buckets):
        wait = seconds_to_wait(buckets, now=now)
    if wait:
        raise ValidationError(f"Demasiados intentos. Espera {in_words(wait)} y vuelve a intentar", code="too_many")
    return Guess(buckets=buckets, now=now)


def remember_device(response: HttpResponse, *, of: str) -> None:
    """Somebody entered that account here: from now on the tries of this browser are counted alone."""
    response.set_cookie(
        _cookie(of),
        signing.dumps({"of": _digest(of), "device": secrets.token_urlsafe(12)}, salt=SALT),
        max_age=DEVICE_FOR,
        path="/cuenta/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def in_words(seconds: int) -> str:
    """
    >>> in_words(1), in_words(60), in_words(61)
    ('1 minuto', '1 minuto', '2 minutos')
    """
    minutes = -(-seconds // 60)
    return "1 minuto" if minutes == 1 else f"{minutes} minutos"


def _of_a_stranger(kept: str, network: str) -> tuple[tuple[Limit, str], ...]:
    return ((HERE, f"{kept}@{network}"), (NETWORK, network), (EVERYWHERE, kept))


def _device(request: HttpRequest, *, of: str) -> str:
    """The name of this browser if that account was entered here before, else nothing."""
    try:
        said = signing.loads(request.COOKIES.get(_cookie(of), ""), salt=SALT, max_age=DEVICE_FOR)
    except signing.BadSignature:
        return ""
    return str(said["device"]) if said["of"] == _digest(of) else ""


def _cookie(of: str) -> str:
    return DEVICE + _digest(of)[:8]


def _digest(text: str) -> str:
    return salted_hmac("amate.web.guess", text, algorithm="sha256").hexdigest()[:32]
