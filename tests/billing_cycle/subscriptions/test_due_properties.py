"""Whatever is paused, cut or woken late, each day of the service is charged, given away or explained exactly once."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from amate.billing_cycle.subscriptions.calendar import Grid, Unit, cut_grid
from amate.billing_cycle.subscriptions.due import Away, Contract, Due, Fate, Stretch, work_of

STARTS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
PLAIN = st.builds(
    lambda start, unit, every: Grid(start, unit, every, begins=start),
    STARTS,
    st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR]),
    st.integers(1, 5),
)
CUT = st.builds(lambda start, day: cut_grid(start=start, day=day), STARTS, st.integers(1, 31))
GRIDS = st.one_of(PLAIN, CUT)
PAUSES = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 90)), max_size=3)
WAKES = st.lists(st.integers(0, 50), min_size=1, max_size=12)


def pauses_from(start: date, said: list[tuple[int, int]]) -> list[Away]:
    found, at = [], start
    for gap, length in said:
        begins = at + timedelta(days=gap)
        at = begins + timedelta(days=length)
        found.append(Away(begins, at))
    return found


def billed(contract: Contract, start: date, wakes: list[int]) -> tuple[list[Due], Contract]:
    """As the worker goes on after each sleep: it keeps the number of the next period, and nothing else."""
    found: list[Due] = []
    today = start
    for days in wakes:
        today += timedelta(days=days)
        work = work_of(contract, today=today, cap=10_000)
        found += work.due
        contract = Contract(
            contract.stretches, work.next_k, contract.cycles, contract.ends_on, contract.paused, contract.held
        )
    return found, contract


@settings(deadline=None)
@given(GRIDS, PAUSES, WAKES, st.one_of(st.none(), st.integers(1, 400)), st.integers(0, 9))
def test_no_day_is_charged_twice_and_none_is_lost(
    grid: Grid, said: list[tuple[int, int]], wakes: list[int], length: int | None, lead: int
) -> None:
    start = grid.begins or grid.anchor
    ends = None if length is None else start + timedelta(days=length)
    paused = pauses_from(start, said)
    contract = Contract([Stretch(grid, 0, lead_days=lead)], 0, ends_on=ends, paused=paused)
    found, _ = billed(contract, start, wakes)
    at = start
    for one in found:
        assert one.span.start == at, "the next begins where the last ended"
        days = [at + timedelta(days=n) for n in range((one.span.end - at).days)]
        served = [day for day in days if not any(away.holds(day) for away in paused)]
        assert one.days == len(served)
        assert (one.fate == Fate.SKIP) == (not served)
        at = one.span.end
    today = start + timedelta(days=sum(wakes))
    if ends is None or at < ends:
        assert at > today + timedelta(days=lead), "everything due by today is there"
    else:
        assert at == ends


@settings(deadline=None)
@given(GRIDS, WAKES)
def test_waking_once_or_many_times_bills_the_same(grid: Grid, wakes: list[int]) -> None:
    start = grid.begins or grid.anchor
    contract = Contract([Stretch(grid, 0)], 0)
    assert billed(contract, start, wakes)[0] == billed(contract, start, [sum(wakes)])[0]
