"""Whether days of invoices have the rhythm of a subscription. Plain values."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Every:
    """`low` to `high` days from one to the next; `least`: times that make it one. `months` 0: of `days`."""

    label: str
    low: int
    high: int
    least: int
    months: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        if not self.months:
            return day + timedelta(days=self.days)
        year, month = divmod(day.year * 12 + day.month - 1 + self.months, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


EVERY = (
    Every("semana", 6, 8, 4, days=7),
    Every("catorcena", 13, 16, 4, days=14),
    Every("mes", 25, 37, 3, months=1),
    Every("bimestre", 53, 68, 3, months=2),
    Every("trimestre", 83, 98, 3, months=3),
    Every("semestre", 172, 192, 2, months=6),
    Every("año", 355, 376, 2, months=12),
)


def rhythm_of(days: Sequence[date], *, newest: date) -> Every | None:
    """None if they have none, or if it had stopped by `newest`, the day of the newest document of all.

    >>> days = [date(2025, month, 5) for month in range(1, 7)]
    >>> rhythm_of(days, newest=date(2025, 6, 30)).label, rhythm_of(days, newest=date(2025, 12, 31))
    ('mes', None)
    """
    once = sorted(set(days))
    steps = [(later - earlier).days for earlier, later in pairwise(once)]
    for every in EVERY:
        if len(once) >= every.least and steps and all(every.low <= step <= every.high for step in steps):
            return every if (newest - once[-1]).days <= every.high * 3 // 2 else None
    return None
