"""Where a service period begins and ends. Every boundary is counted from the anchor, never from the boundary before it, so
that a short month is forgotten by the next one: 31 January, 28 February, 31 March (CYCLE 3.1)."""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

LAST = 31  # of a grid by half months: the month's last day, whichever it is
_DAY = timedelta(days=1)


class Unit(StrEnum):
    DAY = "day"
    WEEK = "week"
    SEMIMONTH = "semimonth"
    MONTH = "month"
    YEAR = "year"


class NoPeriod(ValueError):
    """The subscription has no such period: it is over, or the term began later. Nothing is charged for it."""


class BadGrid(ValueError):
    """No calendar can be made of this. The message (Spanish) says which part to change."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A run of boundaries: `anchor` is boundary `first_k`, the others lie `every` units apart.

    `eom`: always the month's last day, which is another calendar than that of day 30 or 31. `days`: the two days of a
    month that a semimonth begins on, `LAST` for its last. `begins` and `ends` cut the first and the last period short:
    a stub is a period of the grid of which only a part is served.
    """

    anchor: date
    unit: Unit
    every: int = 1
    eom: bool = False
    days: tuple[int, int] = (1, 16)
    first_k: int = 0
    begins: date | None = None
    ends: date | None = None

    def __post_init__(self) -> None:
        if self.every < 1:
            raise BadGrid("Escribe cada cuánto se cobra: 1 o más")
        if self.eom and self.unit not in (Unit.MONTH, Unit.YEAR):
            raise BadGrid("El fin de mes solo se usa con meses o años")
        if self.eom and self.anchor.day != monthrange(self.anchor.year, self.anchor.month)[1]:
            raise BadGrid("Para cobrar a fin de mes, empieza el último día de un mes")
        if self.unit == Unit.SEMIMONTH:
            first, second = self.days
            if not 1 <= first < second <= LAST:
                raise BadGrid("Elige los dos días de la quincena, el menor primero")
            if self.anchor not in (_clamped(self.anchor, first), _clamped(self.anchor, second)):
                raise BadGrid("La quincena empieza en uno de sus dos días")


@dataclass(frozen=True, slots=True)
class Span:
    """A period [start, end) that is served, and the whole period of the grid that it lies in."""

    k: int
    start: date
    end: date
    whole_start: date
    whole_end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def whole_days(self) -> int:
        return (self.whole_end - self.whole_start).days

    @property
    def is_stub(self) -> bool:
        return self.days != self.whole_days


def boundary(grid: Grid, k: int) -> date:
    """The day on which period `k` begins, and period `k` - 1 ends.

    >>> boundary(Grid(date(2026, 1, 31), Unit.MONTH), 1).isoformat()
    '2026-02-28'
    >>> boundary(Grid(date(2026, 1, 31), Unit.MONTH), 2).isoformat()
    '2026-03-31'
    """
    steps = (k - grid.first_k) * grid.every
    if grid.unit == Unit.DAY:
        return grid.anchor + timedelta(days=steps)
    if grid.unit == Unit.WEEK:
        return grid.anchor + timedelta(weeks=steps)
    if grid.unit == Unit.SEMIMONTH:
        return _half_months(grid, steps)
    return _months(grid.anchor, steps * (12 if grid.unit == Unit.YEAR else 1), eom=grid.eom)


def period(grid: Grid, k: int, *, cycles: int | None = None) -> Span:
    """Period `k`, cut to what the grid serves. `cycles`: how many there are in all, None for as many as come.

    Raises NoPeriod before the first and after the last one.
    """
    if cycles is not None and k >= cycles:
        raise NoPeriod(f"Son {cycles} periodos: el {k + 1} no existe")
    whole_start, whole_end = boundary(grid, k), boundary(grid, k + 1)
    start = max(whole_start, grid.begins or whole_start)
    end = min(whole_end, grid.ends or whole_end)
    if k < grid.first_k or start >= end:
        raise NoPeriod("Ese periodo queda fuera de lo contratado")
    return Span(k, start, end, whole_start, whole_end)


def k_of(grid: Grid, day: date) -> int:
    """Which period holds the day: boundary(k) <= day < boundary(k + 1). Found from a guess that is off by two at most."""
    if grid.unit in (Unit.DAY, Unit.WEEK):
        step = grid.every * (7 if grid.unit == Unit.WEEK else 1)
        return grid.first_k + (day - grid.anchor).days // step
    months = (day.year - grid.anchor.year) * 12 + day.month - grid.anchor.month
    steps = {Unit.MONTH: months, Unit.YEAR: months // 12, Unit.SEMIMONTH: months * 2}[grid.unit]
    k = grid.first_k + steps // grid.every
    while boundary(grid, k) > day:
        k -= 1
    while boundary(grid, k + 1) <= day:
        k += 1
    return k


def cut_grid(*, start: date, day: int, unit: Unit = Unit.MONTH, every: int = 1) -> Grid:
    """A fixed day of the month: the first period is what is left of the grid's, from `start` to the first cut.

    `day` 31 is the last of each month: whoever says "a fin de mes" means that.
    """
    if unit not in (Unit.MONTH, Unit.YEAR):
        raise BadGrid("El día de corte fijo solo se usa con meses o años")
    if not 1 <= day <= LAST:
        raise BadGrid("Elige un día de corte del 1 al 31")
    anchor = start
    while anchor.day != day and not (day == LAST and _is_last(anchor)):
        anchor -= _DAY
    grid = Grid(anchor, unit, every, eom=day == LAST, begins=start)
    return Grid(anchor, unit, every, eom=day == LAST, begins=start, first_k=-k_of(grid, start))


def trial_grid(grid: Grid, *, until: date, moves_anchor: bool) -> Grid:
    """What follows a trial that ends on `until`: the same grid from there on, or a new one that is anchored there."""
    if moves_anchor:
        if grid.unit == Unit.SEMIMONTH or grid.eom:
            raise BadGrid("Con quincenas o fin de mes la prueba no puede mover el día de cobro")
        return Grid(until, grid.unit, grid.every)
    return replace(grid, begins=until, first_k=grid.first_k - k_of(grid, until))


def due_on(*, start: date, issued_on: date, terms_days: int, closed: Collection[date] | None) -> date:
    """When it is to be paid: `terms_days` after the later of the service's start and the day it was issued, so that our own
    delay never shortens the customer's term. `closed`: days on which banks do not work, beside Saturdays and Sundays, and
    the day moves on to the next that is none of them; None leaves it where it falls.
    """
    day = max(start, issued_on) + timedelta(days=terms_days)
    if closed is None:
        return day
    while day.weekday() >= 5 or day in closed:
        day += _DAY
    return day


def work_on(span: Span, *, in_advance: bool, lead_days: int) -> date:
    """The day on which the period is charged: so many days before it begins, or when it has been served."""
    return span.start - timedelta(days=lead_days) if in_advance else span.end


def _months(anchor: date, months: int, *, eom: bool) -> date:
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, last if eom else min(anchor.day, last))


def _half_months(grid: Grid, steps: int) -> date:
    at = 0 if grid.anchor == _clamped(grid.anchor, grid.days[0]) else 1
    months, half = divmod(steps + at, 2)
    return _clamped(_months(grid.anchor.replace(day=1), months, eom=False), grid.days[half])


def _clamped(month: date, day: int) -> date:
    return month.replace(day=min(day, monthrange(month.year, month.month)[1]))


def _is_last(day: date) -> bool:
    return (day + _DAY).day == 1
