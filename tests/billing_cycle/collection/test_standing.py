"""Where a customer stands: cases by name, and what must hold of any debts on any day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amate.billing_cycle.collection.rules import (
    Agreed,
    Debt,
    Standing,
    Step,
    Terms,
    cut_day,
    first_cut_named,
    is_day_of_cuts,
    rung_of,
    stand_of,
)

DUE = date(2026, 2, 3)
LADDER = (Step("before", -5), Step("eve", -1), Step("today", 0), Step("late", 2), Step("last", 4, last_warning=True))
NO_HOLIDAYS: frozenset[date] = frozenset()


def debt(amount: str = "599.00", *, due: date = DUE, pk: int = 1, reopened: date | None = None) -> Debt:
    return Debt(pk, due, Decimal(amount), reopened)


@pytest.mark.parametrize(
    ("today", "standing"),
    [
        (date(2026, 2, 2), Standing.IN_TERM),
        (date(2026, 2, 3), Standing.IN_TERM),  # the whole of the due day is his
        (date(2026, 2, 4), Standing.IN_GRACE),
        (date(2026, 2, 8), Standing.IN_GRACE),
        (date(2026, 2, 9), Standing.SUSPENDABLE),  # CYCLE 3.3, case 38
    ],
)
def test_a_debt_goes_from_term_to_grace_to_cuttable(today: date, standing: Standing) -> None:
    assert stand_of([debt()], terms=Terms(), held=False, today=today).standing == standing


def test_who_owes_nothing_is_current() -> None:
    assert stand_of([debt("0.00")], terms=Terms(), held=True, today=date(2027, 1, 1)).standing == Standing.CURRENT


def test_a_promise_holds_the_cut_to_its_last_day() -> None:
    agreed = Agreed(promised_until=date(2026, 2, 20))
    on = {day: stand_of([debt()], terms=Terms(), agreed=agreed, held=False, today=day).standing for day in days(20, 21)}
    assert on == {date(2026, 2, 20): Standing.PROMISED, date(2026, 2, 21): Standing.SUSPENDABLE}


def test_an_exemption_outlives_a_broken_promise() -> None:
    agreed = Agreed(promised_until=date(2026, 2, 10), exempt_until=date(2026, 2, 28))
    assert stand_of([debt()], terms=Terms(), agreed=agreed, held=False, today=date(2026, 2, 28)).standing == "exempt"


def test_nobody_is_cut_for_a_few_pesos() -> None:
    terms = Terms(min_overdue_amount=Decimal("50.00"))
    assert not stand_of([debt("49.99")], terms=terms, held=True, today=date(2026, 3, 1)).may_stay_cut
    assert stand_of([debt("50.00")], terms=terms, held=True, today=date(2026, 3, 1)).standing == Standing.SUSPENDED


def test_a_chargeback_gives_grace_anew() -> None:
    again = debt(reopened=date(2026, 5, 4))
    assert stand_of([again], terms=Terms(), held=False, today=date(2026, 5, 9)).standing == Standing.IN_GRACE
    assert stand_of([again], terms=Terms(), held=False, today=date(2026, 5, 10)).standing == Standing.SUSPENDABLE


def test_a_company_that_never_cuts_has_nobody_to_cut() -> None:
    stand = stand_of([debt()], terms=Terms(suspends=False), held=True, today=date(2026, 6, 1))
    assert (stand.standing, stand.may_stay_cut) == (Standing.IN_GRACE, False)


# ------------------------------------------------------------ rungs


def test_after_a_week_of_silence_only_the_highest_rung_is_sent() -> None:
    reached = [rung_of(debt(), LADDER, today=DUE + timedelta(days=n)) for n in (-6, -5, -2, 0, 1, 3, 30)]
    assert [step and step.code for step in reached] == [None, "before", "before", "today", "today", "late", "last"]


# ------------------------------------------------------------ the day of a cut


def test_without_a_delivered_warning_there_is_no_day() -> None:
    stand = stand_of([debt()], terms=Terms(), held=False, today=date(2026, 2, 9))
    assert cut_day(stand, terms=Terms(), warned_on=None, today=date(2026, 2, 9), holidays=NO_HOLIDAYS) is None


def test_a_late_warning_puts_the_cut_off() -> None:
    stand = stand_of([debt()], terms=Terms(), held=False, today=date(2026, 2, 9))
    day = cut_day(stand, terms=Terms(), warned_on=date(2026, 2, 10), today=date(2026, 2, 9), holidays=NO_HOLIDAYS)
    assert day == date(2026, 2, 12)


def test_nobody_is_cut_on_friday_nor_before_a_holiday() -> None:
    stand = stand_of([debt()], terms=Terms(), held=False, today=date(2026, 2, 13))
    friday, monday = date(2026, 2, 13), date(2026, 2, 16)
    warned = {"warned_on": date(2026, 2, 7), "today": friday}
    assert cut_day(stand, terms=Terms(), holidays=NO_HOLIDAYS, **warned) == monday
    assert cut_day(stand, terms=Terms(), holidays=frozenset({date(2026, 2, 17)}), **warned) == date(2026, 2, 18)


def test_the_last_warning_names_the_first_day_on_which_he_may_be_cut() -> None:
    named = first_cut_named([debt()], terms=Terms(), warning_on=date(2026, 2, 7), holidays=NO_HOLIDAYS)
    assert named == date(2026, 2, 9)
    few = Terms(min_overdue_debts=2)
    later = debt(pk=2, due=date(2026, 3, 3))
    assert first_cut_named([debt(), later], terms=few, warning_on=date(2026, 2, 7), holidays=NO_HOLIDAYS) == date(
        2026, 3, 9
    )


def days(*of_february: int) -> list[date]:
    return [date(2026, 2, day) for day in of_february]


# ------------------------------------------------------------ whatever is owed


SOME_DAY = st.dates(date(2026, 1, 1), date(2027, 12, 31))
DEBTS = st.lists(
    st.builds(
        Debt,
        st.integers(1, 9),
        SOME_DAY,
        st.decimals(Decimal(0), Decimal(5_000), places=2),
        st.none() | SOME_DAY,
    ),
    max_size=6,
)
TERMS = st.builds(
    Terms,
    grace_days=st.integers(0, 30),
    min_overdue_amount=st.decimals(Decimal(0), Decimal(1_000), places=2),
    min_overdue_debts=st.integers(0, 3),
    suspends=st.booleans(),
    warned_days=st.integers(0, 5),
    cut_weekdays=st.frozensets(st.integers(0, 6)),
)
LONG = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
AGREED = st.builds(Agreed, st.none() | SOME_DAY, st.none() | SOME_DAY)


@LONG
@given(DEBTS, TERMS, AGREED, st.booleans(), SOME_DAY)
def test_who_may_be_cut_owes_overdue_money_past_his_grace(
    debts: list[Debt], terms: Terms, agreed: Agreed, held: bool, today: date
) -> None:
    stand = stand_of(debts, terms=terms, agreed=agreed, held=held, today=today)
    if stand.may_stay_cut:
        owed = [one for one in debts if one.open_amount > 0 and one.due_on + timedelta(days=terms.grace_days) < today]
        assert owed
        assert sum(one.open_amount for one in owed) >= terms.min_overdue_amount
        assert all(until is None or until < today for until in (agreed.promised_until, agreed.exempt_until))
    assert stand.owed == sum(one.open_amount for one in debts)
    assert (stand.standing == Standing.SUSPENDED) <= held


@LONG
@given(DEBTS, TERMS, AGREED, SOME_DAY)
def test_paying_everything_always_ends_a_cut(debts: list[Debt], terms: Terms, agreed: Agreed, today: date) -> None:
    paid = [Debt(one.id, one.due_on, Decimal(0), one.reopened_on) for one in debts]
    assert not stand_of(paid, terms=terms, agreed=agreed, held=True, today=today).may_stay_cut


@LONG
@given(DEBTS, TERMS, SOME_DAY, SOME_DAY, st.frozensets(SOME_DAY, max_size=5))
def test_a_day_of_cut_is_allowed_and_after_its_warning(
    debts: list[Debt], terms: Terms, warned: date, today: date, holidays: frozenset[date]
) -> None:
    stand = stand_of(debts, terms=terms, held=False, today=today)
    day = cut_day(stand, terms=terms, warned_on=warned, today=today, holidays=holidays)
    if day is not None:
        assert day >= max(today, warned + timedelta(days=terms.warned_days))
        assert is_day_of_cuts(day, weekdays=terms.cut_weekdays, holidays=holidays)
        assert stand.cuttable
