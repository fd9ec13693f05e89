"""The days on which Mexican banks do not work: those of the law, those that the CNBV adds each year, and what the company
itself writes down. Nobody can pay at a counter on them, so a term that ends on one moves on."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from amate.fiscal.working_days import days_off


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> frozenset[date]:
    """Of a year, whatever day of the week they fall on. Source: the CNBV's yearly calendar (DOF), which knows no 5 May but
    Maundy Thursday, Good Friday, 2 November and 12 December.

    >>> [day.isoformat() for day in sorted(bank_holidays(2026)) if day.month == 4]
    ['2026-04-02', '2026-04-03']
    """
    easter = _easter(year)
    own = {easter - timedelta(days=3), easter - timedelta(days=2), date(year, 11, 2), date(year, 12, 12)}
    return (days_off(year) - {date(year, 5, 5)}) | own


def closed_days(years: Iterable[int], *, added: Iterable[date] = (), taken: Iterable[date] = ()) -> frozenset[date]:
    """Of these years, with what the company added or took off."""
    every = frozenset().union(*(bank_holidays(year) for year in years))
    return (every | frozenset(added)) - frozenset(taken)


def _easter(year: int) -> date:
    """The Gregorian computus of Meeus, Jones and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
