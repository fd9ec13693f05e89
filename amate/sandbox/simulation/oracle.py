"""What must be, written from the rules of CYCLE 3 and sharing no code with the product: it walks the days one by one."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

_DAY = timedelta(days=1)
# As the CNBV published them; a day of another year is not judged.
BANKS_CLOSED = {
    2026: ("01-01", "02-02", "03-16", "04-02", "04-03", "05-01", "09-16", "11-02", "11-16", "12-12", "12-25"),
    2027: ("01-01", "02-01", "03-15", "03-25", "03-26", "05-01", "09-16", "11-02", "11-15", "12-12", "12-25"),
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """As it was said when the customer subscribed. `cents`: of one period, IVA included."""

    subscription_id: int
    customer_id: int
    unit: str
    every: int
    anchor: date
    cents: int


def starts(unit: str, every: int, anchor: date, until: date) -> list[date]:
    """Every first day of a period, up to and including `until`.

    >>> [str(day) for day in starts("month", 1, date(2026, 1, 31), date(2026, 4, 30))]
    ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']
    >>> [str(day) for day in starts("semimonth", 1, date(2026, 1, 16), date(2026, 3, 1))]
    ['2026-01-16', '2026-02-01', '2026-02-16', '2026-03-01']
    """
    found, day, months = [], anchor, 0
    while day <= until:
        if day.day == 1 and day != anchor:
            months += 1
        if _begins(unit, every, anchor, day, months):
            found.append(day)
        day += _DAY
    return found


def _begins(unit: str, every: int, anchor: date, day: date, months: int) -> bool:
    if unit == "semimonth":
        return day.day in (1, 16)
    if unit in ("day", "week"):
        return (day - anchor).days % (every * (7 if unit == "week" else 1)) == 0
    if months % (every * (12 if unit == "year" else 1)):
        return False
    ends_its_month = (day + _DAY).month != day.month
    return day.day == anchor.day or (ends_its_month and day.day < anchor.day)


def due(start: date, issued: date, terms_days: int) -> date | None:
    """The day by which a period is to be paid; None: nobody has written down the bank's days of that year.

    >>> str(due(date(2026, 1, 27), date(2026, 1, 27), 3)), str(due(date(2026, 1, 28), date(2026, 1, 28), 3))
    ('2026-01-30', '2026-02-03')
    """
    day, left = max(start, issued), terms_days
    while day.year in BANKS_CLOSED:
        if left > 0:
            left -= 1
        elif day.isoweekday() < 6 and f"{day:%m-%d}" not in BANKS_CLOSED[day.year]:
            return day
        day += _DAY
    return None


def iva_of(cents: int) -> int:
    """Of a price with its IVA: the base has two decimals, the tax is what is left (MON-2).

    >>> iva_of(105), iva_of(34900)
    (14, 4814)
    """
    base = (Decimal(cents) / 100 / Decimal("1.16")).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    return cents - int(base * 100)
