"""Working days of the tax law (CFF 12): what its terms in days are counted in.

The days off that the SAT grants itself each year (its holidays, Holy Week) are not here: without them a term ends a day
too early, never too late.
"""

from datetime import date, timedelta

_DAY = timedelta(days=1)
MONDAY = 0


def is_working_day(day: date) -> bool:
    """
    >>> [is_working_day(date(2026, 11, day)) for day in (13, 14, 15, 16, 17)]  # the 16th is its third Monday
    [True, False, False, False, True]
    """
    return day.weekday() < 5 and day not in days_off(day.year)


def days_off(year: int) -> frozenset[date]:
    """The holidays of CFF 12 in a year, whatever day of the week they fall on.

    >>> date(2030, 10, 1) in days_off(2030), date(2029, 10, 1) in days_off(2029)  # every six years the government changes
    (True, False)
    """
    fixed = {date(year, month, day) for month, day in ((1, 1), (5, 1), (5, 5), (9, 16), (12, 25))}
    moved = {_monday(year, 2, 1), _monday(year, 3, 3), _monday(year, 11, 3)}
    handed_over = {date(year, 10, 1)} if year >= 2024 and (year - 2024) % 6 == 0 else set()
    return frozenset(fixed | moved | handed_over)


def working_days_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`, which itself does not count.

    >>> working_days_after(date(2026, 11, 13), 1).isoformat()  # a Friday before a long weekend
    '2026-11-17'
    """
    while count > 0:
        day += _DAY
        count -= is_working_day(day)
    return day


def _monday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(MONDAY - first.weekday()) % 7 + 7 * (nth - 1))
