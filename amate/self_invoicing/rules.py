"""The rules of a claim, as pure functions of plain values."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Protocol
from zoneinfo import ZoneInfo

LAST_SECOND = time(23, 59, 59)
# The states in which the SAT holds an invoice as valid, asked for its cancellation or not.
AT_THE_SAT = frozenset({"stamped", "cancel_requested", "in_process"})


class Policy(Protocol):
    """What a row of the portal's rules, or a form that is not saved yet, says of the deadline."""

    @property
    def window_days(self) -> int | None: ...
    @property
    def until_month_end(self) -> bool: ...
    @property
    def grace_days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a portal policy that decides a deadline: so many days, the end of the month (`days` None), or what
    comes first of both. `grace_days` count from the end of the month, and only there."""

    days: int | None
    until_month_end: bool
    grace_days: int = 0

    def __post_init__(self) -> None:
        if self.days is None and not self.until_month_end:
            raise ValueError("a window ends after some days, with the month, or with the first of both")

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
    >>> deadline_of(sold_at=sale, window=Window(None, until_month_end=True, grace_days=31), zone=zone).isoformat()
    '2026-12-31T23:59:59-06:00'
    """
    return end_of(day=sold_at.astimezone(zone).date(), window=window, zone=zone)


def end_of(*, day: date, window: Window, zone: ZoneInfo) -> datetime:
    """The deadline of every sale of that local day."""
    ends = [] if window.days is None else [day + timedelta(days=window.days)]
    if window.until_month_end:
        ends.append(_month_end(day) + timedelta(days=window.grace_days))
    return datetime.combine(min(ends), LAST_SECOND, tzinfo=zone)


def in_words(window: Window) -> str:
    """The rule of `deadline_of` as a sentence, for buyers and for those who set it.

    >>> in_words(Window(30, until_month_end=False))
    'Cada compra se factura hasta 30 días naturales después.'
    >>> in_words(Window(30, until_month_end=True, grace_days=5))
    'Cada compra se factura hasta 30 días naturales después o 5 días después de que termine su mes, lo que llegue primero.'
    >>> in_words(Window(None, until_month_end=True))
    'Cada compra se factura hasta el último día de su mes.'
    >>> in_words(Window(0, until_month_end=True))
    'Cada compra se factura solo el mismo día.'
    """
    if window.days == 0:
        return "Cada compra se factura solo el mismo día."
    ends = (
        []
        if window.days is None
        else ["un día después" if window.days == 1 else f"{window.days} días naturales después"]
    )
    if window.until_month_end:
        ends.append(_month_end_in_words(window.grace_days))
    first = ", lo que llegue primero" if len(ends) > 1 else ""
    return f"Cada compra se factura hasta {' o '.join(ends)}{first}."


def _month_end_in_words(grace_days: int) -> str:
    if not grace_days:
        return "el último día de su mes"
    return f"{'un día' if grace_days == 1 else f'{grace_days} días'} después de que termine su mes"


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
    IN_GLOBAL = "in_global"
    AFTER_GLOBAL = "after_global"
    ISSUING = "issuing"
    HELD_BY_US = "held_by_us"
    VOID = "void"
    SPLIT = "split"
    LOCKED = "locked"
    PORTAL_OFF = "portal_off"
    NOT_OFFERED = "not_offered"
    EXPIRED = "expired"
    CLAIMABLE = "claimable"


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What the portal must know of a ticket. `invoice` is the state of its live claim's document, if there is one;
    `in_global`: that is the factura global of its period."""

    state: str
    deadline: datetime
    invoice: str | None
    refused_by: str | None
    portal_enabled: bool
    issuing_suspended: bool
    qualifies: bool = True
    in_global: bool = False


def standing(facts: TicketFacts, *, now: datetime) -> Standing:
    """One answer for one ticket. A refusal of the receiver's data leaves the ticket claimable: he corrects and tries again;
    and a cancelled invoice gives it back (C3). A global holds its notes from its draft on, and while it waits to be
    corrected."""
    given_back = facts.invoice == "cancelled" or (facts.invoice == "refused" and facts.refused_by == "receiver")
    if facts.in_global and facts.invoice is not None and not given_back:
        return Standing.IN_GLOBAL
    if facts.invoice in AT_THE_SAT:
        return Standing.INVOICED
    if facts.invoice not in (None, "refused", "cancelled"):
        return Standing.ISSUING
    if facts.invoice == "refused" and facts.refused_by != "receiver":
        return Standing.HELD_BY_US
    if facts.state == "void":
        return Standing.VOID
    if facts.state == "split":
        return Standing.SPLIT
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
