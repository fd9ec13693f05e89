"""Two PACs, and every way in which a stamp goes wrong: one live CFDI an intent at the end of each (HOUSE law 16, C9).

The sales that are also replaced and cancelled meanwhile are in test_fault_schedules.py.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from amate.promises.models import Promise
from amate.sandbox.pac.state import MemoryStore
from tests.servers import PacServer, serve_pac
from tests.stories.fault_schedules import AT_THE_PAC, AT_US, Run, draft_invoices, drawn, one_live_cfdi_an_intent

EACH = 100
ORDERS: list[tuple[str, ...]] = [("sw_sapien", "finkok"), ("finkok", "sw_sapien")]


@pytest.fixture(scope="module")
def servers(minted: Any) -> Iterator[dict[str, tuple[PacServer, MemoryStore]]]:
    """Two PACs that know nothing of each other, with memories that the test can read."""
    ours, theirs = MemoryStore(), MemoryStore()
    with serve_pac(minted, ours) as first, serve_pac(minted, theirs) as second:
        yield {"sw_sapien": (first, ours), "finkok": (second, theirs)}


@pytest.mark.parametrize("order", ORDERS, ids=["sw_sapien-first", "finkok-first"])
def test_whatever_happens_an_intent_is_one_live_cfdi_and_our_stamp_is_the_pacs(
    world: Any, servers: dict[str, tuple[PacServer, MemoryStore]], order: tuple[str, ...]
) -> None:
    rng = random.Random(ORDERS.index(order))
    for server, _ in servers.values():
        server.reset()
    world.pac, world.second, world.order = servers["sw_sapien"][0], servers["finkok"][0], order
    world.claim(world.sale())
    world.scoped(lambda: Promise.objects.all().delete())
    intents = world.scoped(lambda: draft_invoices(world, EACH))
    run = Run(world, rng, {pk: drawn(rng) for pk in intents}, {code: store for code, (_, store) in servers.items()})
    world.inside(lambda: asyncio.run(run.live()))

    world.scoped(lambda: one_live_cfdi_an_intent(run))
    assert world.scoped(lambda: Promise.objects.open().count()) == 0
    # A run in which little went wrong proves little.
    struck = Counter(trouble for one in run.schedules.values() for trouble in one.seen if trouble)
    assert {*AT_THE_PAC, *AT_US} - set(struck) == set(), "some trouble never struck"
    assert run.deaths >= 10
    assert run.lates >= 3
    assert all(store.recent(1) for store in run.stores.values()), "only one PAC was ever used"
