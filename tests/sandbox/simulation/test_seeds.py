"""Weeks of a company while everything goes wrong: crashes, lost, doubled and late notices, outages, two planners.

A life costs a quarter of a minute: as many are lived as every change can wait for. `make lives` lives more.
"""

import os
from typing import Any

import pytest

from amate.sandbox.companies import NETWORK
from amate.sandbox.simulation.company import QUICK, Pace
from amate.sandbox.simulation.run import Ran, simulate

SEEDS = range(1, 1 + int(os.environ.get("AMATE_LIVES", "20")))


def run(
    minted: Any, *, seed: int, customers: int = 8, days: int = 22, probability: float = 0.02, pace: Pace = QUICK
) -> Ran:
    return simulate(
        minted=minted,
        shop=NETWORK,
        customers=customers,
        days=days,
        seed=seed,
        probability=probability,
        pace=pace,
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_that_must_hold_is_broken_on_any_day(committed: str, minted_then: Any, seed: int) -> None:
    ran = run(minted_then, seed=seed)
    assert (ran.broken, ran.paid_but_suspended) == ({}, 0)
    assert ran.crashes > 0, "a run without a crash proves nothing"
    assert ran.notices_lost > 0, "a run that lost no notice proves nothing"
    assert ran.payments > 0


def test_crashes_and_outages_change_nothing_of_what_is_billed(committed: str, minted_then: Any) -> None:
    """I20: whatever was interrupted, the same is owed in the end as if nothing had ever gone wrong."""
    calm = run(minted_then, seed=3, probability=0)
    assert (calm.crashes, calm.outage_days, calm.notices_lost) == (0, 0, 0)
    assert (calm.broken, calm.paid_but_suspended) == ({}, 0)
