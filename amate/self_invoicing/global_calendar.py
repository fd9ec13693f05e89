"""Whether buyers' time is over before their sales enter the factura global (FEATURES 5 and 45, L2): a proof over a year."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from amate.fiscal.global_period import period_of
from amate.self_invoicing.rules import Window, end_of

A_YEAR = 366


@dataclass(frozen=True, slots=True)
class Outlived:
    """The sale whose window outlives its global the longest: who comes between both leaves the global (AFT-B)."""

    sold_on: date
    made_at: datetime
    deadline: datetime


def outlived(*, window: Window, periodicidad: str, hour: int, zone: ZoneInfo, since: date) -> Outlived | None:
    """None: of every sale of a year from `since` on, the portal's time ends before its global is made.

    >>> zone = ZoneInfo("America/Mexico_City")
    >>> common = {"hour": 9, "zone": zone, "since": date(2026, 1, 1)}
    >>> outlived(window=Window(None, until_month_end=True), periodicidad="04", **common) is None
    True
    >>> outlived(window=Window(30, until_month_end=False), periodicidad="04", **common).sold_on.isoformat()
    '2026-01-31'
    """
    worst: Outlived | None = None
    for ahead in range(A_YEAR):
        day = since + timedelta(days=ahead)
        closes = period_of(day, periodicidad=periodicidad).last
        made_at = datetime.combine(closes + timedelta(days=1), time(hour), tzinfo=zone)
        deadline = end_of(day=day, window=window, zone=zone)
        if deadline >= made_at and (worst is None or deadline - made_at > worst.deadline - worst.made_at):
            worst = Outlived(day, made_at, deadline)
    return worst
