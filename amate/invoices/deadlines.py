"""The dates the law sets a document (FISCAL 15), as pure functions. Days are local ones of the place of issue."""

import calendar
from datetime import date, datetime, time, timedelta, tzinfo

from amate.fiscal.working_days import working_days_after

STAMPING = timedelta(hours=72)
AFTER_CLOSE = timedelta(hours=24)
ACCEPTANCE_WORKING_DAYS = 3


def stamp_by(fecha: datetime) -> datetime:
    """The last instant in which a PAC stamps that Fecha (2.7.2.9)."""
    return fecha + STAMPING


def rep_by(paid_on: date) -> date:
    """The fifth day of the month after the payment (2.7.1.32).

    >>> rep_by(date(2026, 12, 31)).isoformat()
    '2027-01-05'
    """
    return (paid_on.replace(day=1) + timedelta(days=32)).replace(day=5)


def pay_by(issued_on: date) -> date:
    """The last day on which a PUE invoice is paid and stays PUE: that of the month of its issue (2.7.1.39).

    >>> pay_by(date(2028, 2, 3)).isoformat()
    '2028-02-29'
    """
    return issued_on.replace(day=calendar.monthrange(issued_on.year, issued_on.month)[1])


def global_by(last_day: date, *, zone: tzinfo) -> datetime:
    """Until when the factura global of a period that ends on `last_day` is issued: a day after its close (2.7.1.21).

    >>> from datetime import UTC
    >>> global_by(date(2026, 11, 30), zone=UTC).isoformat()
    '2026-12-02T00:00:00+00:00'
    """
    return datetime.combine(last_day, time(), tzinfo=zone) + timedelta(days=1) + AFTER_CLOSE


def free_cancel_by(issued_on: date) -> date:
    """The last day on which it is cancelled without its receiver: the next working day, not "24 hours" (2.7.1.35).

    >>> free_cancel_by(date(2026, 11, 20)).isoformat()  # a Friday
    '2026-11-23'
    """
    return working_days_after(issued_on, 1)


def accepted_by(asked_on: date) -> date:
    """The last day of the receiver's three working days; silence is a yes (2.7.1.34)."""
    return working_days_after(asked_on, ACCEPTANCE_WORKING_DAYS)


def cancel_by(issued_on: date, *, persona: str) -> date:
    """The last day to cancel at all: the month of the issuer's annual return of that year (CFF 29-A). `persona`: F or M.

    >>> [cancel_by(date(2026, 1, 1), persona=one).isoformat() for one in "MF"]
    ['2027-03-31', '2027-04-30']
    """
    year = issued_on.year + 1
    return date(year, 3, 31) if persona == "M" else date(year, 4, 30)
