"""Guessing a password or a second step stopped: few tries at one account, not many more from one network."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from amate.access.limit import Limit, give_back, hit, seconds_to_wait
from amate.web import clock
from amate.web.network import network_of

ACCOUNT = Limit("login-account", 5, 300)
NETWORK = Limit("login-network", 20, 300)


@dataclass(frozen=True, slots=True)
class Guess:
    buckets: tuple[tuple[Limit, str], ...]
    now: datetime

    def was_right(self) -> None:
        for limit, who in self.buckets:
            give_back(limit, who, now=self.now)


def count_guess(request: HttpRequest, *, at: str) -> Guess:
    """Count one try before it is made, so that simultaneous ones cannot pass the limit together.

    `at` is whose secret is tried; it is kept only as a digest. Raises ValidationError, which counts nothing more, while
    there were too many. Outside a transaction only: pages of no company have none.
    """
    now = clock.now()
    kept = salted_hmac("amate.web.guess", at, algorithm="sha256").hexdigest()[:32]
    buckets = ((ACCOUNT, kept), (NETWORK, network_of(request)))
    wait = seconds_to_wait(buckets, now=now)
    if not wait and not all(hit(limit, who, now=now) for limit, who in buckets):
        wait = seconds_to_wait(buckets, now=now)
    if wait:
        raise ValidationError(f"Demasiados intentos. Espera {_in_words(wait)} y vuelve a intentar", code="too_many")
    return Guess(buckets=buckets, now=now)


def _in_words(seconds: int) -> str:
    """
    >>> _in_words(1), _in_words(60), _in_words(61)
    ('1 minuto', '1 minuto', '2 minutos')
    """
    minutes = -(-seconds // 60)
    return "1 minuto" if minutes == 1 else f"{minutes} minutos"
