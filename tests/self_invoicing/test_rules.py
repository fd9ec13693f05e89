"""Where a ticket stands for a visitor, as a table; and deadlines in the place's own time."""

import calendar
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from amate.fiscal.clock import zone_of
from amate.self_invoicing.rules import Standing, TicketFacts, Window, deadline_of, in_words, standing

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
OPEN = TicketFacts(
    state="open",
    deadline=NOW + timedelta(days=3),
    invoice=None,
    refused_by=None,
    portal_enabled=True,
    issuing_suspended=False,
)
TABLE = [
    ("nobody claimed it", OPEN, Standing.CLAIMABLE),
    (
        "its last data were refused by the SAT",
        replace(OPEN, invoice="refused", refused_by="receiver"),
        Standing.CLAIMABLE,
    ),
    ("draft", replace(OPEN, invoice="draft"), Standing.ISSUING),
    ("sealed", replace(OPEN, invoice="sealed"), Standing.ISSUING),
    ("sending", replace(OPEN, invoice="sending"), Standing.ISSUING),
    ("unknown", replace(OPEN, invoice="unknown"), Standing.ISSUING),
    ("stamped", replace(OPEN, invoice="stamped"), Standing.INVOICED),
    ("stamped and expired", replace(OPEN, invoice="stamped", deadline=NOW - timedelta(days=9)), Standing.INVOICED),
    ("stamped and the portal is off", replace(OPEN, invoice="stamped", portal_enabled=False), Standing.INVOICED),
    ("ours to mend", replace(OPEN, invoice="refused", refused_by="ours"), Standing.HELD_BY_US),
    ("cancelled", replace(OPEN, state="void"), Standing.VOID),
    ("locked", replace(OPEN, state="locked"), Standing.LOCKED),
    ("portal off", replace(OPEN, portal_enabled=False), Standing.PORTAL_OFF),
    ("issuing suspended", replace(OPEN, issuing_suspended=True), Standing.PORTAL_OFF),
    ("expired", replace(OPEN, deadline=NOW - timedelta(seconds=1)), Standing.EXPIRED),
    (
        "refused data, and meanwhile expired",
        replace(OPEN, invoice="refused", refused_by="receiver", deadline=NOW - timedelta(days=1)),
        Standing.EXPIRED,
    ),
]


@pytest.mark.parametrize(("case", "facts", "expected"), TABLE, ids=[case for case, *_ in TABLE])
def test_a_ticket_stands_in_one_place(case: str, facts: TicketFacts, expected: Standing) -> None:
    assert standing(facts, now=NOW) is expected


def test_the_deadline_that_is_printed_is_the_instant_enforced() -> None:
    zone = zone_of("44100")
    deadline = deadline_of(sold_at=NOW, window=Window(3, until_month_end=False), zone=zone)
    assert deadline.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") == "2026-11-24 23:59:59"
    facts = replace(OPEN, deadline=deadline)
    assert standing(facts, now=deadline + timedelta(microseconds=999_999)) is Standing.CLAIMABLE
    assert standing(facts, now=deadline + timedelta(seconds=1)) is Standing.EXPIRED


@pytest.mark.parametrize(
    ("cp", "instant"),
    [
        ("44100", "2026-11-25T05:59:59"),
        ("22000", "2026-11-25T07:59:59"),
        ("77500", "2026-11-25T04:59:59"),
        ("32000", "2026-11-25T06:59:59"),
    ],
)
def test_the_day_ends_in_the_branchs_own_time(cp: str, instant: str) -> None:
    deadline = deadline_of(sold_at=NOW, window=Window(3, until_month_end=False), zone=zone_of(cp))
    assert deadline.astimezone(UTC).isoformat() == f"{instant}+00:00"


def test_a_sale_of_the_evening_belongs_to_its_local_day() -> None:
    """19:30 on 28 February in Mexico City is already March in UTC."""
    sold = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
    deadline = deadline_of(sold_at=sold, window=Window(30, until_month_end=True), zone=zone_of("44100"))
    assert deadline.isoformat() == "2026-02-28T23:59:59-06:00"


# ------------------------------------------------------------ the three rules, and their sentence

JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)
THREE = {
    "days": Window(30, until_month_end=False),
    "month end": Window(None, until_month_end=True),
    "the first of both": Window(30, until_month_end=True),
}


@pytest.mark.parametrize(
    ("rule", "grace", "sold", "cp", "last"),
    [
        ("days", 0, "2026-02-01T05:59:59", "44100", date(2026, 3, 2)),  # still January there
        ("month end", 0, "2026-02-01T05:59:59", "44100", JANUARY),
        ("the first of both", 0, "2026-02-01T05:59:59", "44100", JANUARY),
        ("month end", 0, "2026-02-01T06:00:00", "44100", FEBRUARY),
        ("the first of both", 0, "2026-02-01T06:00:00", "44100", FEBRUARY),
        ("month end", 0, "2026-02-01T05:00:00", "77500", FEBRUARY),  # Cancún is an hour ahead
        ("month end", 0, "2026-02-01T07:59:59", "22000", JANUARY),  # Tijuana two behind
        ("month end", 3, "2026-02-01T07:59:59", "22000", date(2026, 2, 3)),
        ("the first of both", 3, "2026-01-01T18:00:00", "44100", JANUARY),  # the days come first
        ("the first of both", 3, "2026-01-05T18:00:00", "44100", date(2026, 2, 3)),
        ("month end", 0, "2028-02-10T18:00:00", "44100", date(2028, 2, 29)),
        ("month end", 31, "2026-12-31T18:00:00", "44100", date(2027, 1, 31)),
    ],
)
def test_each_of_the_three_rules_ends_on_its_own_local_day(
    rule: str, grace: int, sold: str, cp: str, last: date
) -> None:
    window = replace(THREE[rule], grace_days=grace)
    zone = zone_of(cp)
    deadline = deadline_of(sold_at=datetime.fromisoformat(f"{sold}+00:00"), window=window, zone=zone)
    assert deadline.astimezone(zone).replace(tzinfo=None) == datetime(last.year, last.month, last.day, 23, 59, 59)


def test_a_window_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="a window ends"):
        Window(None, until_month_end=False)


@pytest.mark.parametrize("cp", ["44100", "22000", "77500", "32000"])
def test_the_sentence_and_the_deadline_say_the_same_day(cp: str) -> None:
    """Who reads the sentence, and only that, finds the last day that the notes print."""
    zone = zone_of(cp)
    edges = [datetime(2026, month, 1, tzinfo=UTC) + timedelta(hours=h) for month in range(1, 13) for h in (-1, 5, 7, 9)]
    moments = [*edges, datetime(2028, 2, 29, 18, tzinfo=UTC), datetime(2026, 12, 31, 18, tzinfo=UTC)]
    windows = [Window(n, until_month_end=False) for n in (0, 1, 2, 30, 366)]
    windows += [Window(n, True, grace) for n, grace in product((None, 0, 1, 2, 30, 366), (0, 1, 5, 31))]
    for window, sold_at in product(windows, moments):
        deadline = deadline_of(sold_at=sold_at, window=window, zone=zone)
        read = last_day_read(in_words(window), sold_at.astimezone(zone).date())
        assert deadline.date() == read, (window, sold_at)


def last_day_read(sentence: str, day: date) -> date:
    """As a buyer reads it, knowing nothing of the window."""
    if sentence == "Cada compra se factura solo el mismo día.":
        return day
    found = re.fullmatch(r"Cada compra se factura hasta (.+?)(, lo que llegue primero)?\.", sentence)
    assert found, sentence
    ends = found[1].split(" o ")
    assert bool(found[2]) == (len(ends) == 2), sentence
    return min(one_end(words, day) for words in ends)


def one_end(words: str, day: date) -> date:
    month = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    if words == "el último día de su mes":
        return month
    found = re.fullmatch(r"(un|\d+) días?( naturales)? después( de que termine su mes)?", words)
    assert found, words
    return (month if found[3] else day) + timedelta(days=1 if found[1] == "un" else int(found[1]))
