"""Local time of a postal code and the `Fecha` of a CFDI issued there (FISCAL CLK-1..3). Never reads a clock."""

import re
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from amate.fiscal.tables.zones import CENTRO, STRETCHES

SKEW = timedelta(seconds=10)

_FIRSTS = [stretch.first for stretch in STRETCHES]
_FIVE_DIGITS = re.compile(r"[0-9]{5}")


class UnknownPlace(ValueError):
    """Not a postal code of Mexico, so nobody knows what time it is there."""

    def __init__(self, cp: str) -> None:
        super().__init__(f"“{cp}” no es un código postal: lleva 5 números, entre 01000 y 99999")


def zone_of(cp: str) -> ZoneInfo:
    """The zone whose clocks hang on the walls of that place. Raises `UnknownPlace`."""
    return _zones(cp)[0]


def sat_zone_of(cp: str) -> ZoneInfo:
    """The zone in the SAT's c_CodigoPostal, which in Chihuahua's border towns is not the place's."""
    return _zones(cp)[1]


def local_time(cp: str, now: datetime) -> datetime:
    """The aware local time of the place: what deadlines and mails print (DECISIONS E5)."""
    return _aware(now).astimezone(zone_of(cp))


def instant(cp: str, local: datetime) -> datetime:
    """The first moment, in UTC, at which the clocks of the place show the naive `local`.

    An hour that summer time skips is read with the offset before the change, so it is never lost.
    """
    if local.tzinfo is not None:
        raise ValueError("local must be naive: it is what a clock on the wall shows")
    return local.replace(tzinfo=zone_of(cp), fold=0).astimezone(UTC)


def fecha(cp: str, now: datetime) -> datetime:
    """`Fecha` for LugarExpedicion `cp`: naive, whole seconds, in the future for neither the SAT nor the place (CLK-1).

    10 s are taken off for clock skew, but never across local midnight: the day is the accounting day (CLK-2).
    """
    moment = _aware(now)
    earlier = min(moment.astimezone(zone).replace(tzinfo=None, microsecond=0) for zone in set(_zones(cp)))
    return max(earlier - SKEW, earlier.replace(hour=0, minute=0, second=0))


def _aware(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("now must be aware: a naive time says nothing about zones")
    return now


@cache
def _zones(cp: str) -> tuple[ZoneInfo, ZoneInfo]:
    if not _FIVE_DIGITS.fullmatch(cp) or cp < "01000":
        raise UnknownPlace(cp)
    number = int(cp)
    place = bisect_right(_FIRSTS, number) - 1
    if place >= 0 and number <= STRETCHES[place].last:
        return ZoneInfo(STRETCHES[place].iana), ZoneInfo(STRETCHES[place].sat)
    return ZoneInfo(CENTRO), ZoneInfo(CENTRO)
