"""The working days of the simulated SAT: those of CFF 12, and what an admin adds (vacations, RMF 2.1.6)."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from amate.sandbox.pac.zones import CENTRAL

_FIXED = ((1, 1), (5, 1), (5, 5), (9, 16), (12, 25))
_MONDAYS = ((2, 1), (3, 3), (11, 3))  # month and which Monday of it


def is_working(day: date, closed: Collection[date] = ()) -> bool:
    return day.weekday() < 5 and day not in closed and day not in _holidays(day.year)


def after_working_days(moment: datetime, days: int, closed: Collection[date] = ()) -> datetime:
    """The instant at which the `days`-th working day after the day of `moment` (aware) has ended, in central time."""
    day = moment.astimezone(CENTRAL).date()
    while days > 0:
        day += timedelta(days=1)
        days -= is_working(day, closed)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=CENTRAL)


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    easter = _easter(year)
    holidays = {date(year, month, day) for month, day in _FIXED}
    holidays |= {_monday(year, month, which) for month, which in _MONDAYS}
    holidays |= {easter - timedelta(days=3), easter - timedelta(days=2)}
    if (year - 2024) % 6 == 0:
        holidays.add(date(year, 10, 1))  # a new president
    return frozenset(holidays)


def _monday(year: int, month: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(-first.weekday()) % 7 + 7 * (which - 1))


def _easter(year: int) -> date:
    """Gauss's rule, as the Gregorian calendar has it."""
    century, golden = year // 100, year % 19
    epact = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon = epact - (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    sunday = moon - (year + year // 4 + moon + 2 - century + century // 4) % 7
    month = 3 + (sunday + 40) // 44
    return date(year, month, sunday + 28 - 31 * (month // 4))
