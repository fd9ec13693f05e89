"""The golden cases of dates, each by its number. Computed and checked by hand (CYCLE 3.3).

Of the instants: 41, 42, 43 and 45 are `tests/fiscal/test_clock.py`'s, 47 `tests/invoices/test_rep.py`'s deadlines, 49
`tests/fiscal/test_money.py`'s; 44's hours are there too, and that a day's step runs once is `test_run.py`'s.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from amate.billing_cycle.subscriptions.bank_days import closed_days
from amate.billing_cycle.subscriptions.calendar import (
    LAST,
    BadGrid,
    Grid,
    NoPeriod,
    Unit,
    boundary,
    cut_grid,
    due_on,
    k_of,
    period,
    trial_grid,
    work_on,
)
from amate.billing_cycle.subscriptions.proration import prorate, split
from amate.fiscal.money import Impuesto, Line, tax_line
from amate.fiscal.share import share_out

IVA = (Impuesto("002", "Tasa", Decimal("0.160000")),)


def day(said: str) -> date:
    return date.fromisoformat(said)


def starts(grid: Grid, count: int) -> list[str]:
    return [boundary(grid, k).isoformat() for k in range(count)]


GRIDS = {
    "01_monthly_15": (Grid(day("2026-01-15"), Unit.MONTH), "2026-01-15 2026-02-15 2026-03-15 2026-04-15"),
    "02_monthly_31": (
        Grid(day("2026-01-31"), Unit.MONTH),
        "2026-01-31 2026-02-28 2026-03-31 2026-04-30 2026-05-31 2026-06-30 2026-07-31",
    ),
    "03_monthly_31_leap": (Grid(day("2028-01-31"), Unit.MONTH), "2028-01-31 2028-02-29 2028-03-31"),
    "04_monthly_30": (Grid(day("2026-01-30"), Unit.MONTH), "2026-01-30 2026-02-28 2026-03-30 2026-04-30"),
    "05_monthly_29": (Grid(day("2026-01-29"), Unit.MONTH), "2026-01-29 2026-02-28 2026-03-29"),
    "06_monthly_29_leap": (Grid(day("2028-01-29"), Unit.MONTH), "2028-01-29 2028-02-29 2028-03-29"),
    "07_end_of_month": (
        Grid(day("2026-04-30"), Unit.MONTH, eom=True),
        "2026-04-30 2026-05-31 2026-06-30 2026-07-31",
    ),
    "08_day_30": (Grid(day("2026-04-30"), Unit.MONTH), "2026-04-30 2026-05-30 2026-06-30 2026-07-30"),
    "09_end_of_february": (Grid(day("2026-02-28"), Unit.MONTH, eom=True), "2026-02-28 2026-03-31 2026-04-30"),
    "10_day_28": (Grid(day("2026-02-28"), Unit.MONTH), "2026-02-28 2026-03-28 2026-04-28"),
    "11_bimestral": (
        Grid(day("2025-12-31"), Unit.MONTH, 2),
        "2025-12-31 2026-02-28 2026-04-30 2026-06-30 2026-08-31",
    ),
    "12_trimestral": (
        Grid(day("2024-11-30"), Unit.MONTH, 3),
        "2024-11-30 2025-02-28 2025-05-30 2025-08-30 2025-11-30",
    ),
    "13_cuatrimestral": (
        Grid(day("2026-08-31"), Unit.MONTH, 4),
        "2026-08-31 2026-12-31 2027-04-30 2027-08-31",
    ),
    "14_semestral": (Grid(day("2026-08-31"), Unit.MONTH, 6), "2026-08-31 2027-02-28 2027-08-31 2028-02-29"),
    "15_annual_29_february": (
        Grid(day("2024-02-29"), Unit.YEAR),
        "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29",
    ),
    "16_annual_28_february": (
        Grid(day("2025-02-28"), Unit.YEAR),
        "2025-02-28 2026-02-28 2027-02-28 2028-02-28",
    ),
    "17_annual_end_of_month": (
        Grid(day("2025-02-28"), Unit.YEAR, eom=True),
        "2025-02-28 2026-02-28 2027-02-28 2028-02-29",
    ),
    "18_every_two_years": (
        Grid(day("2024-02-29"), Unit.YEAR, 2),
        "2024-02-29 2026-02-28 2028-02-29 2030-02-28",
    ),
    "19_weekly": (Grid(day("2026-12-24"), Unit.WEEK), "2026-12-24 2026-12-31 2027-01-07"),
    "20_catorcenal": (Grid(day("2026-01-02"), Unit.DAY, 14), "2026-01-02 2026-01-16 2026-01-30 2026-02-13"),
    "21_decenal": (Grid(day("2026-02-20"), Unit.DAY, 10), "2026-02-20 2026-03-02 2026-03-12"),
    "23_quincenal_1_16": (
        Grid(day("2026-01-16"), Unit.SEMIMONTH),
        "2026-01-16 2026-02-01 2026-02-16 2026-03-01",
    ),
    "24_quincenal_15_last": (
        Grid(day("2026-01-15"), Unit.SEMIMONTH, days=(15, LAST)),
        "2026-01-15 2026-01-31 2026-02-15 2026-02-28 2026-03-15 2026-03-31",
    ),
    "25_every_five_weeks": (
        Grid(day("2026-01-05"), Unit.WEEK, 5),
        "2026-01-05 2026-02-09 2026-03-16 2026-04-20",
    ),
}


@pytest.mark.parametrize("name", sorted(GRIDS))
def test_the_starts_of_the_case(name: str) -> None:
    grid, expected = GRIDS[name]
    assert starts(grid, len(expected.split())) == expected.split()


def test_22_twelve_times_thirty_days_are_not_a_year() -> None:
    assert boundary(Grid(day("2026-01-01"), Unit.DAY, 30), 12) == day("2026-12-27")


def test_26_a_year_from_the_15th_has_twelve_periods_and_refuses_a_thirteenth() -> None:
    grid = Grid(day("2026-11-15"), Unit.MONTH)
    last = period(grid, 11, cycles=12)
    assert (last.start, last.end) == (day("2027-10-15"), day("2027-11-15"))
    with pytest.raises(NoPeriod):
        period(grid, 12, cycles=12)


@pytest.mark.parametrize(
    ("start", "days", "of", "base"),
    [
        ("2026-01-20", 12, 31, "231.87"),  # 27
        ("2026-02-27", 2, 28, "42.79"),  # 28
        ("2028-02-27", 3, 29, "61.97"),  # 29
    ],
)
def test_27_28_29_a_start_before_the_cut_pays_the_days_that_are_left(start: str, days: int, of: int, base: str) -> None:
    grid = cut_grid(start=day(start), day=1)
    stub = period(grid, 0)
    assert (stub.start, stub.days, stub.whole_days, stub.is_stub) == (day(start), days, of, True)
    assert prorate(Decimal("599.00"), days=stub.days, of=stub.whole_days) == Decimal(base)
    assert not period(grid, 1).is_stub


def test_27_iva_comes_from_the_part_and_the_next_begins_on_the_1st() -> None:
    grid = cut_grid(start=day("2026-01-20"), day=1)
    taxed = tax_line(Line(Decimal(1), Decimal("231.87"), IVA, incluye_impuestos=False))
    assert (taxed.base, taxed.traslados[0].importe, taxed.total) == (
        Decimal("231.87"),
        Decimal("37.10"),
        Decimal("268.97"),
    )
    assert boundary(grid, 1) == day("2026-02-01")


def test_30_two_halves_add_up() -> None:
    assert split(Decimal("599.01"), [15, 15]) == [Decimal("299.51"), Decimal("299.50")]


def test_31_ten_of_thirty_days_are_credited_and_the_rest_is_kept() -> None:
    credit = prorate(Decimal("599.00"), days=10, of=30)
    assert (credit, Decimal("599.00") - credit) == (Decimal("199.67"), Decimal("399.33"))


def test_32_equal_parts_differ_by_a_cent_at_most() -> None:
    cent = Decimal("0.01")
    assert split(Decimal("100.00"), [1, 1, 1]) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    sevenths = split(Decimal("100.00"), [1] * 7)
    assert sorted(sevenths) == [Decimal("14.28")] * 3 + [Decimal("14.29")] * 4
    assert share_out(Decimal("100.00"), [Decimal(1)] * 7, unit=cent) == sevenths


def test_33_a_trial_that_moves_the_anchor() -> None:
    until = boundary(Grid(day("2026-02-20"), Unit.DAY, 14), 1)
    grid = trial_grid(Grid(day("2026-02-20"), Unit.MONTH), until=until, moves_anchor=True)
    assert starts(grid, 3) == ["2026-03-06", "2026-04-06", "2026-05-06"]


def test_34_a_trial_that_keeps_the_anchor() -> None:
    first = Grid(day("2026-01-31"), Unit.MONTH)
    grid = trial_grid(first, until=boundary(first, 1), moves_anchor=False)
    assert [period(grid, k).start.isoformat() for k in range(3)] == ["2026-02-28", "2026-03-31", "2026-04-30"]
    assert not period(grid, 0).is_stub


def test_35_the_periods_that_a_late_process_finds() -> None:
    grid = Grid(day("2026-01-31"), Unit.MONTH)
    found = [period(grid, k) for k in range(1, k_of(grid, day("2026-05-02")) + 1)]
    assert [(one.start.isoformat(), one.end.isoformat()) for one in found] == [
        ("2026-02-28", "2026-03-31"),
        ("2026-03-31", "2026-04-30"),
        ("2026-04-30", "2026-05-31"),
    ]


def test_36_a_change_takes_effect_at_the_next_boundary() -> None:
    grid = Grid(day("2026-01-31"), Unit.MONTH)
    k = k_of(grid, day("2026-02-10")) + 1
    assert (k, boundary(grid, k)) == (1, day("2026-02-28"))


def test_37_the_day_of_work_in_advance_and_in_arrears() -> None:
    march = period(Grid(day("2026-03-01"), Unit.MONTH), 0)
    february = period(Grid(day("2026-02-01"), Unit.MONTH), 0)
    assert work_on(march, in_advance=True, lead_days=5) == day("2026-02-24")
    assert work_on(february, in_advance=False, lead_days=5) == day("2026-03-01")


def due(issued: str, terms: int) -> date:
    return due_on(start=day(issued), issued_on=day(issued), terms_days=terms, closed=closed_days([2026, 2027]))


def test_38_a_term_that_ends_on_constitution_day_ends_the_day_after() -> None:
    found = due("2026-01-28", 5)
    assert found == day("2026-02-03")
    assert found + timedelta(days=5 + 1) == day("2026-02-09"), "with five days of grace, the first day of a cut"


def test_39_maundy_thursday_rolls_to_monday() -> None:
    assert due("2026-04-02", 0) == day("2026-04-06")


def test_40_saturdays_roll_over_the_holiday_that_follows() -> None:
    assert due("2026-12-12", 0) == day("2026-12-14")
    assert due("2026-01-31", 0) == day("2026-02-03")


def test_a_company_adds_and_takes_bank_holidays() -> None:
    closed = closed_days([2026], added=[day("2026-06-15")], taken=[day("2026-12-12")])
    assert day("2026-06-15") in closed
    assert day("2026-12-12") not in closed
    assert day("2026-05-05") not in closed, "a holiday of the tax law on which banks work"


def test_our_own_delay_does_not_shorten_a_term() -> None:
    assert due_on(start=day("2026-02-28"), issued_on=day("2026-05-02"), terms_days=5, closed=None) == day("2026-05-07")
    assert due_on(start=day("2026-05-10"), issued_on=day("2026-05-02"), terms_days=5, closed=None) == day("2026-05-15")


@pytest.mark.parametrize(
    "wrong",
    [
        {"anchor": day("2026-01-15"), "unit": Unit.MONTH, "every": 0},
        {"anchor": day("2026-01-15"), "unit": Unit.MONTH, "eom": True},
        {"anchor": day("2026-01-31"), "unit": Unit.WEEK, "eom": True},
        {"anchor": day("2026-01-15"), "unit": Unit.SEMIMONTH},
        {"anchor": day("2026-01-15"), "unit": Unit.SEMIMONTH, "days": (15, 15)},
    ],
    ids=["zero", "eom_on_15", "eom_of_weeks", "off_the_grid", "one_day_twice"],
)
def test_a_grid_that_no_calendar_has_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadGrid):
        Grid(**wrong)  # type: ignore[arg-type]


def test_a_cut_on_the_31st_is_the_end_of_each_month() -> None:
    grid = cut_grid(start=day("2026-01-20"), day=31)
    assert [period(grid, k).start.isoformat() for k in range(3)] == ["2026-01-20", "2026-01-31", "2026-02-28"]


def test_a_cut_on_the_30th_that_starts_on_1_march_lies_in_februarys_period() -> None:
    stub = period(cut_grid(start=day("2026-03-01"), day=30), 0)
    assert (stub.whole_start, stub.start, stub.end) == (day("2026-02-28"), day("2026-03-01"), day("2026-03-30"))
