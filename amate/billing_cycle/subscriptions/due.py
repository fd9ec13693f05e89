"""Which periods of a subscription are to be billed by a day, and what of each was served. Pure: what was agreed comes in,
what is to be done comes out (CYCLE 3.1, 5.3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from amate.billing_cycle.subscriptions.calendar import Grid, NoPeriod, Span, k_of, period, work_on
from amate.companies.billing_policy import WhileSuspended

CAP = 24  # periods of one subscription at once: more is a mistake in its data, and a person looks first
_DAY = timedelta(days=1)


class TooMuchBacklog(Exception):
    """More than CAP periods are due. The message (Spanish) is for people."""


class Fate(StrEnum):
    CHARGE = "charge"
    SKIP = "skip"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Away:
    """Days [start, end) without service, an empty end being for ever."""

    start: date
    end: date | None

    def days_in(self, span: Span) -> int:
        last = span.end if self.end is None else min(self.end, span.end)
        return max((last - max(self.start, span.start)).days, 0)

    def holds(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A term with what its plan says of how it is billed. `last_cut`: an end in the middle of a period cuts it."""

    grid: Grid
    place: int
    in_advance: bool = True
    lead_days: int = 0
    first_stub: str = "prorate"
    last_cut: bool = True
    while_suspended: str = WhileSuspended.NO


@dataclass(frozen=True, slots=True)
class Contract:
    """`next_k`: the first period that is not done. `ends_on`: the first day without service. `paused`: pauses that cost
    nothing; `held`: days of suspension."""

    stretches: Sequence[Stretch]
    next_k: int
    cycles: int | None = None
    ends_on: date | None = None
    paused: Sequence[Away] = ()
    held: Sequence[Away] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """One period. `days` of it are charged, out of `span.whole_days`; `place`: of its stretch."""

    span: Span
    place: int
    fate: Fate
    days: int
    why: str = ""

    @property
    def is_whole(self) -> bool:
        return self.days == self.span.whole_days


@dataclass(frozen=True, slots=True)
class Work:
    """`next_on`: when to look again, None for never; `over`: the service has ended."""

    due: tuple[Due, ...]
    next_k: int
    next_on: date | None
    over: bool


class _Wait(Exception):
    """Nobody knows yet how many days of the period will be served."""

    def __init__(self, until: date) -> None:
        super().__init__(str(until))
        self.until = until


def work_of(contract: Contract, *, today: date, cap: int = CAP) -> Work:
    """Everything due by `today`, oldest first. Raises TooMuchBacklog."""
    found: list[Due] = []
    firsts = [k_of(one.grid, one.grid.begins or one.grid.anchor) for one in contract.stretches]
    k = contract.next_k
    while True:
        stretch = _stretch_of(contract.stretches, firsts, k)
        try:
            span = _span(contract, stretch, k)
        except NoPeriod:
            return _ended(contract, stretch, found, k, today=today)
        work = work_on(span, in_advance=stretch.in_advance, lead_days=stretch.lead_days)
        if work > today:
            return Work(tuple(found), k, work, over=False)
        if len(found) == cap:
            raise TooMuchBacklog(
                f"Hay más de {cap} periodos sin cobrar: revisa desde cuándo se cobra, y el número del siguiente periodo"
            )
        try:
            found.append(_fate(contract, stretch, span, today=today))
        except _Wait as wait:
            return Work(tuple(found), k, wait.until, over=False)
        k += 1


def next_starts(contract: Contract, *, count: int) -> list[Due]:
    """The next `count` periods whatever the day, as they would be billed if nothing else happened."""
    found: list[Due] = []
    k = contract.next_k
    firsts = [k_of(one.grid, one.grid.begins or one.grid.anchor) for one in contract.stretches]
    while len(found) < count:
        stretch = _stretch_of(contract.stretches, firsts, k)
        try:
            span = _span(contract, stretch, k)
            found.append(_fate(contract, stretch, span, today=span.end))
        except (NoPeriod, _Wait):
            break
        k += 1
    return found


def _stretch_of(stretches: Sequence[Stretch], firsts: Sequence[int], k: int) -> Stretch:
    place = max((at for at, first in enumerate(firsts) if first <= k), default=0)
    return stretches[place]


def _span(contract: Contract, stretch: Stretch, k: int) -> Span:
    grid = stretch.grid
    if contract.ends_on is not None and (grid.ends is None or contract.ends_on < grid.ends):
        if stretch.last_cut:
            grid = replace(grid, ends=contract.ends_on)
        elif period(grid, k, cycles=contract.cycles).start >= contract.ends_on:
            raise NoPeriod("El servicio terminó")
    return period(grid, k, cycles=contract.cycles)


def _ended(contract: Contract, stretch: Stretch, found: list[Due], k: int, *, today: date) -> Work:
    """Nothing more to bill. The service itself goes on to the end of what was billed."""
    is_over = contract.cycles is not None and k >= contract.cycles
    if not is_over and contract.ends_on is None:  # paused until somebody says when it goes on
        return Work(tuple(found), k, None, over=False)
    try:
        last = found[-1].span.end if found else _span(contract, stretch, k - 1).end
    except NoPeriod:
        last = contract.ends_on or today
    if not is_over and contract.ends_on is not None:  # paused at the end: nothing to bill, and still a customer
        last = max(last, contract.ends_on)
    if last > today:
        return Work(tuple(found), k, last, over=False)
    return Work(tuple(found), k, None, over=True)


def _fate(contract: Contract, stretch: Stretch, span: Span, *, today: date) -> Due:
    def due(fate: Fate, days: int, why: str = "") -> Due:
        return Due(span, stretch.place, fate, days, why)

    days = span.days
    if span.start != span.whole_start:
        if stretch.first_stub == "free":
            return due(Fate.FREE, 0, "Primer periodo sin costo")
        if stretch.first_stub == "full":
            days = span.whole_days
    away = away_days(span.start, span.end, contract.paused)
    if away:
        days = span.days - away
        if days <= 0:
            return due(Fate.SKIP, 0, "En pausa")
    held = [one for one in contract.held if one.days_in(span)]
    if stretch.while_suspended == WhileSuspended.NO and any(one.holds(span.start) for one in held):
        if today < span.start:  # charged ahead of its days: he may pay before they begin
            raise _Wait(span.start)
        return due(Fate.SKIP, 0, "Suspendido al empezar el periodo")
    if held and stretch.while_suspended == WhileSuspended.PARTIAL:
        if today < span.end and any(one.end is None and one.holds(today) for one in held):
            raise _Wait(min(span.end, today + _DAY))  # what will be served is charged when it is lifted
        days -= away_days(span.start, span.end, [*contract.paused, *held]) - away
        if days <= 0:
            return due(Fate.SKIP, 0, "Suspendido todo el periodo")
    return due(Fate.CHARGE, days)


def away_days(start: date, end: date, away: Sequence[Away]) -> int:
    """How many of the days [start, end) lie in any of these: one that is paused and held is one day."""
    count, at = 0, start
    for one in sorted(away, key=lambda one: one.start):
        begins = max(one.start, at)
        at = max(at, end if one.end is None else min(one.end, end))
        count += max((at - begins).days, 0)
    return count
