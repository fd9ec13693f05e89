"""Ways to break the wheel (CYCLE 9.2), each caught by the check that is named after what it breaks. Wrongs that do not touch
each other are lived together: a life costs seconds."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from psycopg import sql

from amate.billing_cycle.collection import cuts, reassess, remind, suspend, warned
from amate.billing_cycle.collection.rules import Stand
from amate.billing_cycle.subscriptions import calendar
from amate.ledger import rules
from amate.sandbox.simulation import day
from amate.sandbox.simulation.company import QUICK, Pace
from amate.sandbox.simulation.people import Transfer
from amate.sandbox.simulation.run import STARTS, Ran
from amate.worker import collection, orders
from tests import database
from tests.sandbox.simulation.test_seeds import run

Patch = pytest.MonkeyPatch
A_DAY = timedelta(days=1)


def lived(
    minted: Any, *, days: int = 16, customers: int = 6, probability: float = 0.0, seed: int = 5, pace: Pace = QUICK
) -> Ran:
    return run(minted, seed=seed, days=days, customers=customers, probability=probability, pace=pace)


@contextmanager
def without(name: str, table: str, constraint: str) -> Iterator[None]:
    """The database lacks one key meanwhile."""
    with database.as_owner(name) as c:
        [(definition,)] = c.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [constraint]
        ).fetchall()
        change = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
        c.execute(change.format(sql.Identifier(table), sql.Identifier(constraint)))
    try:
        yield
    finally:
        database.empty(name)
        with database.as_owner(name) as c:
            back = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}")
            c.execute(back.format(sql.Identifier(table), sql.Identifier(constraint), sql.SQL(definition)))


def test_the_checks_find_nothing_without_a_mutation(committed: str, minted_then: Any) -> None:
    ran = lived(minted_then)
    assert (ran.broken, ran.paid_but_suspended) == ({}, 0)
    assert ran.payments > 3
    assert ran.invoices > 6


def test_a_dropped_key_of_payments_is_caught(committed: str, minted_then: Any) -> None:
    with without(committed, "ledger_payment", "payment_once"):
        ran = lived(minted_then)
    assert ran.broken["I5_payments_are_the_providers"]


def test_nobody_cut_the_newest_debt_first_and_told_a_day_early_are_caught(
    committed: str, minted_then: Any, monkeypatch: Patch
) -> None:
    by_age = rules._next

    def newest_first(step: str, *said: Any) -> list[rules.Owed]:
        found = by_age(step, *said)
        return found if step in (rules.REFERENCE, rules.CHOSEN, rules.EXACT) else found[::-1]

    monkeypatch.setattr(rules, "_next", newest_first)
    monkeypatch.setattr(collection, "suspend_customers", lambda *, looks, today, now: ([], {}))
    in_time = remind.rung_of
    monkeypatch.setattr(remind, "rung_of", lambda *of, today, **said: in_time(*of, today=today + A_DAY, **said))
    decided = day.transfers_for

    def half_as_much_more(**said: Any) -> list[Transfer]:
        return [replace(one, cents=one.cents * 3 // 2) for one in decided(**said)]

    monkeypatch.setattr(day, "transfers_for", half_as_much_more)
    broken = lived(minted_then, pace=replace(QUICK, shares={"slow": 1, "never": 1})).broken
    assert {"I22_warned_and_never_cut", "newer_debt_first", "I18_rung_before_its_day"} <= broken.keys(), broken


def test_cut_unwarned_held_though_paid_and_never_told_to_the_switch_are_caught(
    committed: str, minted_then: Any, monkeypatch: Patch
) -> None:
    def always_warned(stands: Iterable[Stand]) -> dict[int, warned.Warned]:
        long_ago = warned.Warned(STARTS, STARTS)
        return {debt.id: long_ago for stand in stands for debt in stand.cuttable}

    async def tells_nobody(*_: object) -> bool:
        return False

    monkeypatch.setattr(cuts, "warnings_of", always_warned)
    monkeypatch.setattr(suspend, "warnings_of", always_warned)
    monkeypatch.setattr(reassess, "lift_holds", lambda **_: [])
    monkeypatch.setattr(orders, "drive", tells_nobody)
    monkeypatch.setattr(orders, "observe", tells_nobody)
    broken = lived(minted_then).broken
    assert {"I15_cut_unwarned", "I14_cut_without_cause", "I17_served_as_wanted"} <= broken.keys(), broken


def test_a_period_that_is_counted_from_the_one_before_is_caught(
    committed: str, minted_then: Any, monkeypatch: Patch
) -> None:
    counted = calendar.boundary
    monkeypatch.setattr(calendar, "boundary", lambda grid, k: counted(grid, k) + A_DAY * (k // 2))
    broken = lived(minted_then, days=18, customers=3).broken
    assert "I2_I3_I23_periods" in broken, broken
