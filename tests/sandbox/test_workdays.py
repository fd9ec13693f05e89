"""The working days of the SAT, against dates anybody can look up."""

from datetime import UTC, date, datetime, timedelta

import pytest

from amate.sandbox.pac.workdays import after_working_days, is_working
from amate.sandbox.pac.zones import CENTRAL


@pytest.mark.parametrize(
    "day",
    [
        "2026-01-01",
        "2026-02-02",  # first Monday of February
        "2026-03-16",  # third Monday of March
        "2026-04-02",  # Holy Thursday
        "2026-04-03",
        "2026-05-01",
        "2026-05-05",
        "2026-09-16",
        "2026-11-16",  # third Monday of November
        "2026-12-25",
        "2030-10-01",  # a new president
        "2026-11-21",
        "2026-11-22",
    ],
)
def test_the_sat_is_closed(day: str) -> None:
    assert not is_working(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-02-05", "2026-03-17", "2026-04-01", "2026-11-20", "2026-12-24", "2026-10-01"])
def test_the_sat_works(day: str) -> None:
    assert is_working(date.fromisoformat(day))


def test_a_year_has_as_many_working_days_as_the_law_leaves() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert sum(is_working(day) for day in days) == 261 - 10  # all ten holidays of 2026 fall on weekdays


def test_vacations_can_be_added() -> None:
    assert not is_working(date(2026, 12, 22), {date(2026, 12, 22)})


@pytest.mark.parametrize(
    ("moment", "days", "end"),
    [
        ("2026-11-18T12:00", 3, "2026-11-24"),  # Wednesday → Thursday, Friday, Monday
        ("2026-11-13T23:30", 1, "2026-11-18"),  # Friday; Monday the 16th is a holiday
        ("2026-04-01T09:00", 3, "2026-04-09"),  # across Easter
        ("2026-11-22T09:00", 1, "2026-11-24"),  # a Sunday
    ],
)
def test_working_days_are_counted_from_the_next_one(moment: str, days: int, end: str) -> None:
    asked = datetime.fromisoformat(moment).replace(tzinfo=CENTRAL)
    assert after_working_days(asked, days) == datetime.fromisoformat(end).replace(tzinfo=CENTRAL)
    assert after_working_days(asked.astimezone(UTC), days) == after_working_days(asked, days)
