"""Boundaries against dateutil, and against a walk through every day for what it does not know; restarts at random."""

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from amate.billing_cycle.subscriptions.calendar import LAST, Grid, Unit, boundary, cut_grid, k_of, period

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
EVERY = st.integers(1, 24)
KS = st.integers(0, 120)
STEPS = {
    Unit.DAY: lambda n: relativedelta(days=n),
    Unit.WEEK: lambda n: relativedelta(weeks=n),
    Unit.MONTH: lambda n: relativedelta(months=n),
    Unit.YEAR: lambda n: relativedelta(years=n),
}
PLAIN = st.sampled_from(list(STEPS))


@settings(deadline=None)
@given(DAYS, PLAIN, EVERY, KS, st.integers(-5, 50))
def test_every_boundary_is_what_dateutil_says(anchor: date, unit: Unit, every: int, k: int, first_k: int) -> None:
    grid = Grid(anchor, unit, every, first_k=first_k)
    assert boundary(grid, first_k + k) == anchor + STEPS[unit](k * every)


@settings(deadline=None)
@given(DAYS, st.integers(1, 12), KS)
def test_month_end_is_the_day_before_a_first(anchor: date, every: int, k: int) -> None:
    end = anchor + relativedelta(day=31)
    assert boundary(Grid(end, Unit.MONTH, every, eom=True), k) == end + relativedelta(months=every * k, day=31)


def half_month_days(start: date, days: tuple[int, int], count: int) -> list[date]:
    """Walks day by day."""
    found, at = [], start
    while len(found) < count:
        last = monthrange(at.year, at.month)[1]
        if at.day in {min(days[0], last), min(days[1], last)}:
            found.append(at)
        at += timedelta(days=1)
    return found


@settings(deadline=None)
@given(
    st.integers(2020, 2035),
    st.integers(1, 12),
    st.sampled_from([(1, 16), (15, LAST), (10, 25), (5, 20)]),
    st.booleans(),
)
def test_half_months_are_those_of_a_walk_through_the_days(
    year: int, month: int, days: tuple[int, int], second: bool
) -> None:
    at = date(year, month, min(days[second], monthrange(year, month)[1]))
    assert [boundary(Grid(at, Unit.SEMIMONTH, days=days), k) for k in range(30)] == half_month_days(at, days, 30)


@settings(deadline=None)
@given(DAYS, st.sampled_from(list(Unit)), st.integers(1, 6), st.integers(0, 2000))
def test_the_period_of_a_day_holds_it(anchor: date, unit: Unit, every: int, after: int) -> None:
    grid = Grid(anchor.replace(day=1) if unit == Unit.SEMIMONTH else anchor, unit, every)
    when = grid.anchor + timedelta(days=after)
    k = k_of(grid, when)
    assert boundary(grid, k) <= when < boundary(grid, k + 1)


@settings(deadline=None)
@given(DAYS, st.sampled_from(list(Unit)), st.integers(1, 6), st.lists(st.integers(0, 40), min_size=1, max_size=30))
def test_a_process_that_starts_anew_at_random_bills_each_period_once(
    anchor: date, unit: Unit, every: int, pauses: list[int]
) -> None:
    """What is kept between two runs is the number of the next period, and nothing else."""
    grid = Grid(anchor.replace(day=16) if unit == Unit.SEMIMONTH else anchor, unit, every)
    today, next_k, billed = grid.anchor, 0, []
    for pause in pauses:
        today += timedelta(days=pause)
        while boundary(grid, next_k) <= today:
            billed.append((boundary(grid, next_k), boundary(grid, next_k + 1)))
            next_k += 1
    expected = [boundary(grid, k) for k in range(len(billed) + 1)]
    assert billed == list(pairwise(expected))
    assert boundary(grid, next_k) > today


@settings(deadline=None)
@given(DAYS, st.integers(1, 31), st.integers(1, 4))
def test_a_fixed_cut_begins_where_the_service_does_and_then_keeps_to_its_day(start: date, cut: int, every: int) -> None:
    grid = cut_grid(start=start, day=cut, every=every)
    first = period(grid, 0)
    assert first.start == start
    assert first.whole_start <= start < first.whole_end == first.end
    for k in range(1, 30):
        one = period(grid, k)
        assert one.start == period(grid, k - 1).end
        assert one.start.day == min(cut, monthrange(one.start.year, one.start.month)[1])
