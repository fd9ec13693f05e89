"""Where a ticket stands for a visitor, as a table; and deadlines in the place's own time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from amate.fiscal.clock import zone_of
from amate.self_invoicing.rules import Standing, TicketFacts, Window, deadline_of, standing

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
