"""The rules of a claim, as pure functions of plain values."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Protocol
from zoneinfo import ZoneInfo

LAST_SECOND = time(23, 59, 59)


class Policy(Protocol):
    """What a row of the portal's rules, or a form that is not saved yet, says of the deadline."""

    @property
    def window_days(self) -> int: ...
    @property
    def until_month_end(self) -> bool: ...
    @property
    def grace_days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a portal policy that decides a deadline. `grace_days` count from the end of the month, and only there."""

    days: int
    until_month_end: bool
    grace_days: int = 0

    @classmethod
    def of(cls, policy: "Policy") -> "Window":
        return cls(policy.window_days, policy.until_month_end, policy.grace_days)


def deadline_of(*, sold_at: datetime, window: Window, zone: ZoneInfo) -> datetime:
    """The last second in which the portal invoices the sale: the end of a local day of the place of sale.

    >>> zone = ZoneInfo("America/Mexico_City")
    >>> sale = datetime(2026, 11, 18, 12, 41, tzinfo=zone)
    >>> deadline_of(sold_at=sale, window=Window(30, until_month_end=False), zone=zone).isoformat()
    '2026-12-18T23:59:59-06:00'
    >>> deadline_of(sold_at=sale, window=Window(30, until_month_end=True), zone=zone).isoformat()
    '2026-11-30T23:59:59-06:00'
    >>> deadline_of(sold_at=sale, window=Window(30, until_month_end=True, grace_days=5), zone=zone).isoformat()
    '2026-12-05T23:59:59-06:00'
    """
    day = sold_at.astimezone(zone).date()
    last = day + timedelta(days=window.days)
    if window.until_month_end:
        last = min(last, _month_end(day) + timedelta(days=window.grace_days))
    return datetime.combine(last, LAST_SECOND, tzinfo=zone)


def days_left(*, deadline: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Whole local days until the day of the deadline; 0 on that day.

    >>> zone = ZoneInfo("America/Mexico_City")
    >>> days_left(deadline=datetime(2026, 12, 18, 23, 59, 59, tzinfo=zone), now=datetime(2026, 11, 21, 9, tzinfo=zone), zone=zone)
    27
    """
    return max((deadline.astimezone(zone).date() - now.astimezone(zone).date()).days, 0)


class Standing(Enum):
    """Where a ticket stands for a visitor of the portal, most definite first."""

    INVOICED = "invoiced"
    ISSUING = "issuing"
    HELD_BY_US = "held_by_us"
    VOID = "void"
    LOCKED = "locked"
    PORTAL_OFF = "portal_off"
    NOT_OFFERED = "not_offered"
    EXPIRED = "expired"
    CLAIMABLE = "claimable"


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What the portal must know of a ticket. `invoice` is the state of its live claim's invoice, if there is one."""

    state: str
    deadline: datetime
    invoice: str | None
    refused_by: str | None
    portal_enabled: bool
    issuing_suspended: bool
    qualifies: bool = True


def standing(facts: TicketFacts, *, now: datetime) -> Standing:
    """One answer for one ticket. A refusal of the receiver's data leaves the ticket claimable: he corrects and tries again."""
    if facts.invoice == "stamped":
        return Standing.INVOICED
    if facts.invoice is not None and facts.invoice != "refused":
        return Standing.ISSUING
    if facts.invoice == "refused" and facts.refused_by != "receiver":
        return Standing.HELD_BY_US
    if facts.state == "void":
        return Standing.VOID
    if facts.state == "locked":
        return Standing.LOCKED
    if not facts.portal_enabled or facts.issuing_suspended:
        return Standing.PORTAL_OFF
    if not facts.qualifies:
        return Standing.NOT_OFFERED
    if now >= facts.deadline + timedelta(seconds=1):
        return Standing.EXPIRED
    return Standing.CLAIMABLE


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
