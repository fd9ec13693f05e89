"""What is to be done of a contract on a day, and when to look again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from amate.billing_cycle.subscriptions.calendar import Grid, Unit
from amate.billing_cycle.subscriptions.due import (
    CAP,
    Away,
    Contract,
    Fate,
    Stretch,
    TooMuchBacklog,
    next_starts,
    work_of,
)

JUNE = Grid(date(2026, 6, 1), Unit.MONTH)


def test_an_end_in_the_middle_cuts_the_last_period_or_lets_it_run() -> None:
    ends = date(2026, 7, 11)
    cut = work_of(Contract([Stretch(JUNE, 0)], 0, ends_on=ends), today=date(2026, 8, 1))
    whole = work_of(Contract([Stretch(JUNE, 0, last_cut=False)], 0, ends_on=ends), today=date(2026, 7, 20))
    assert [one.days for one in cut.due] == [30, 10]
    assert [one.days for one in whole.due] == [30, 31]
    assert (cut.over, whole.over, whole.next_on) == (True, False, date(2026, 8, 1))


def test_who_is_paused_when_he_leaves_is_a_customer_until_his_last_day() -> None:
    grid = Grid(date(2026, 6, 1), Unit.MONTH, ends=date(2026, 6, 11))  # the calendar stops with a pause that moves it
    work = work_of(Contract([Stretch(grid, 0)], 1, ends_on=date(2026, 7, 11)), today=date(2026, 6, 20))
    assert (work.due, work.over, work.next_on) == ((), False, date(2026, 7, 11))


def test_a_pause_without_an_end_leaves_nothing_to_look_at() -> None:
    grid = Grid(date(2026, 6, 1), Unit.MONTH, ends=date(2026, 6, 11))
    work = work_of(Contract([Stretch(grid, 0)], 1), today=date(2026, 9, 1))
    assert (work.over, work.next_on) == (False, None)


def test_a_suspension_billed_by_days_waits_until_it_is_lifted_or_the_period_ends() -> None:
    stretch = Stretch(JUNE, 0, while_suspended="partial")
    held = Contract([stretch], 0, held=[Away(date(2026, 5, 20), None)])
    waiting = work_of(held, today=date(2026, 6, 10))
    assert (waiting.due, waiting.next_on) == ((), date(2026, 6, 11))
    ended = work_of(held, today=date(2026, 7, 1))
    assert [(one.fate, one.days) for one in ended.due] == [(Fate.SKIP, 0)]
    assert ended.next_on == date(2026, 7, 2), "July waits too"


def test_a_period_charged_ahead_of_its_days_waits_for_them_while_he_is_cut() -> None:
    july = Contract([Stretch(JUNE, 0, lead_days=5)], 1, held=[Away(date(2026, 6, 20), None)])
    ahead = work_of(july, today=date(2026, 6, 26))
    assert (ahead.due, ahead.next_k, ahead.next_on) == ((), 1, date(2026, 7, 1)), "he may pay before it begins"
    [begun] = work_of(july, today=date(2026, 7, 1)).due
    assert begun.fate == Fate.SKIP
    paid = replace(july, held=[Away(date(2026, 6, 20), date(2026, 6, 27))])
    [due] = work_of(paid, today=date(2026, 6, 27)).due
    assert (due.fate, due.days) == (Fate.CHARGE, 31)


def test_a_day_that_is_paused_and_held_is_taken_off_once() -> None:
    stretch = Stretch(JUNE, 0, while_suspended="partial")
    both = Contract(
        [stretch],
        0,
        paused=[Away(date(2026, 6, 5), date(2026, 6, 11))],
        held=[Away(date(2026, 6, 1), date(2026, 6, 11))],
    )
    assert [one.days for one in work_of(both, today=date(2026, 6, 15)).due] == [20]


def test_as_many_periods_as_the_cap_and_not_one_more() -> None:
    weekly = Contract([Stretch(Grid(date(2026, 1, 1), Unit.WEEK), 0)], 0)
    last = date(2026, 1, 1) + timedelta(weeks=CAP - 1)
    assert len(work_of(weekly, today=last).due) == CAP
    with pytest.raises(TooMuchBacklog):
        work_of(weekly, today=last + timedelta(weeks=1))


def test_the_next_ones_are_told_whatever_the_day() -> None:
    found = next_starts(Contract([Stretch(Grid(date(2026, 1, 31), Unit.MONTH), 0)], 1, cycles=3), count=12)
    assert [str(one.span.start) for one in found] == ["2026-02-28", "2026-03-31"]
