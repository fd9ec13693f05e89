"""The calendar of a new subscription: where the plan's rules meet the day it starts."""

from datetime import date, timedelta

from amate.billing_cycle.subscriptions.calendar import Grid, Unit, boundary, cut_grid, trial_grid
from amate.billing_cycle.subscriptions.models import Plan, Term

_DAY = timedelta(days=1)


def grid_of(plan: Plan, starts_on: date) -> Grid:
    """The first period that is charged is number 0, whatever was before it: a trial, or days before a fixed cut. Raises
    BadGrid."""
    grid = _grid(plan, starts_on)
    if not plan.trial_unit or not plan.trial_every:
        return grid
    until = boundary(Grid(starts_on, Unit(plan.trial_unit), plan.trial_every), 1)
    return trial_grid(grid, until=until, moves_anchor=plan.trial_moves_anchor and plan.cut_day is None)


def half_month_grid(starts_on: date, *, every: int, days: tuple[int, int]) -> Grid:
    """Its first period is what is left of the half month in which it starts."""
    anchor = starts_on
    while not _begins_half(anchor, days):
        anchor -= _DAY
    return Grid(anchor, Unit.SEMIMONTH, every, days=days, begins=starts_on)


def term_of(plan: Plan, grid: Grid, *, seq: int) -> Term:
    """Of nobody yet, with the plan's own price and a quantity of one."""
    return Term(
        seq=seq,
        plan=plan,
        anchor=grid.anchor,
        unit=grid.unit,
        every=grid.every,
        eom=grid.eom,
        day_a=grid.days[0],
        day_b=grid.days[1],
        first_k=grid.first_k,
        from_on=grid.begins or boundary(grid, grid.first_k),
        to_on=grid.ends,
    )


def _grid(plan: Plan, starts_on: date) -> Grid:
    unit = Unit(plan.unit)
    if unit == Unit.SEMIMONTH:
        return half_month_grid(starts_on, every=plan.every, days=(plan.day_a, plan.day_b))
    if plan.cut_day is not None and unit in (Unit.MONTH, Unit.YEAR):
        return cut_grid(start=starts_on, day=plan.cut_day, unit=unit, every=plan.every)
    return Grid(starts_on, unit, plan.every)


def _begins_half(day: date, days: tuple[int, int]) -> bool:
    is_last = (day + _DAY).day == 1
    return day.day in days or (is_last and any(one > day.day for one in days))
