"""Ten ways to break the wheel (CYCLE 9.2), each caught by the check that is named after what it breaks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from psycopg import sql

from amate.sandbox.simulation.run import Ran
from tests import database
from tests.sandbox.simulation.test_seeds import run

Patch = pytest.MonkeyPatch


def lived(minted: Any, *, days: int = 16, customers: int = 6, probability: float = 0.0, seed: int = 5) -> Ran:
    return run(minted, seed=seed, days=days, customers=customers, probability=probability)


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
