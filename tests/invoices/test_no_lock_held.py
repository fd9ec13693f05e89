"""While a PAC or the SAT is asked nobody waits for us: no transaction is open and no row is locked (ENGINE SAFE-2)."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from inspect import iscoroutinefunction
from typing import Any

import pytest
from django.db import connection, connections, transaction

from amate.invoices.models import Invoice, State
from amate.promises.keep import keep
from amate.promises.models import Promise
from amate.promises.step import step
from amate.worker.handlers import handlers
from tests.invoices.life import cancel

# What the process itself holds just now: its own reading of these views is left out, and the server's own workers
# (an autovacuum that happens to pass) are nobody we asked for.
LOCKED = """
SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
  AND a.backend_type = 'client backend'
  AND (a.xact_start IS NOT NULL OR l.locktype IN ('tuple', 'transactionid'))
"""
ORDERS = [("sw_sapien", "finkok"), ("finkok", "sw_sapien")]


class Watched:
    """A PAC, or the SAT, of whose every call we look at the database from beside."""

    def __init__(self, outside: Any, look: Callable[[str], None]) -> None:
        self._outside, self._look = outside, look

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._outside, name)
        if not iscoroutinefunction(real):
            return real

        async def call(*args: Any, **kwargs: Any) -> Any:
            await step(self._look)(name)
            return await real(*args, **kwargs)

        return call


@dataclass
class Watch:
    """What was asked of whom, and how much was locked meanwhile."""

    world: Any
    invoice: Invoice
    asked: list[str] = field(default_factory=list)

    def look(self, call: str) -> None:
        assert not connection.in_atomic_block, f"{call} inside a transaction"
        with connection.cursor() as c:
            c.execute(LOCKED)
            assert c.fetchone() == (0,), f"{call} while something is locked"
        # And what anybody may want of it meanwhile can be had at once.
        with transaction.atomic(), connection.cursor() as c:
            c.execute("SELECT set_config('amate.company', %s, true)", [str(self.invoice.company_id)])
            c.execute("SELECT 1 FROM invoices_invoice WHERE id = %s FOR UPDATE NOWAIT", [self.invoice.pk])
            c.execute("SELECT 1 FROM invoices_cancellation FOR UPDATE NOWAIT")
            c.execute("SELECT 1 FROM companies_series FOR UPDATE NOWAIT")
        self.asked.append(call)

    def keep_the_one_promise(self) -> None:
        asyncio.run(self._kept())

    async def _kept(self) -> None:
        plugs = self.world.plugs()
        (owed,) = await step(lambda: self.world.scoped(lambda: list(Promise.objects.open())))()
        watched = replace(
            plugs, pacs=tuple(Watched(pac, self.look) for pac in plugs.pacs), sat=Watched(plugs.sat, self.look)
        )
        await keep(
            company_id=owed.company_id, promise_id=owed.pk, worker=1, handlers=handlers(watched), clock=self.world.now
        )
        await plugs.aclose()


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("lost", [False, True])
def test_no_row_is_locked_and_no_transaction_open_while_a_pac_is_asked(
    two_pacs: Any, order: tuple[str, ...], lost: bool
) -> None:
    """`lost`: an answer was lost before, so that the PAC is asked for it."""
    invoice: Invoice = two_pacs.claim(two_pacs.sale())
    two_pacs.order = order
    if lost:
        an_answer_is_lost(two_pacs, on="stamp")
    watch = Watch(two_pacs, invoice)
    watch.keep_the_one_promise()
    assert ("recover" in watch.asked) == lost
    assert lost or watch.asked == ["stamp"]
    assert two_pacs.invoice(invoice).state == State.STAMPED


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("lost", [False, True])
def test_nothing_is_held_while_a_cancellation_is_sent_and_the_sat_is_asked_what_became_of_it(
    two_pacs: Any, order: tuple[str, ...], lost: bool
) -> None:
    two_pacs.order = order
    invoice: Invoice = two_pacs.claim(two_pacs.sale())
    two_pacs.settle()
    cancel(two_pacs, invoice)
    if lost:
        an_answer_is_lost(two_pacs, on="cancel")
    watch = Watch(two_pacs, invoice)
    watch.keep_the_one_promise()
    assert watch.asked == (["ask", "cancel"] if lost else ["cancel"])
    assert two_pacs.invoice(invoice).state == State.CANCEL_REQUESTED
    two_pacs.time_passes(minutes=2)
    watch.keep_the_one_promise()
    assert watch.asked == (["ask", "cancel", "ask"] if lost else ["cancel", "ask"])


def test_whoever_watches_sees_what_is_held(world: Any) -> None:
    invoice: Invoice = world.claim(world.sale())
    watch = Watch(world, invoice)

    def held() -> None:
        Invoice.locked(invoice.pk)
        with ThreadPoolExecutor(1) as beside:
            with pytest.raises(AssertionError, match="something is locked"):
                beside.submit(watch.look, "stamp").result()
            beside.submit(connections.close_all).result()
        with pytest.raises(AssertionError, match="inside a transaction"):
            watch.look("stamp")

    world.scoped(held)
    assert watch.asked == []


def an_answer_is_lost(world: Any, *, on: str) -> None:
    first = world.pac if world.order[0] == "sw_sapien" else world.second
    first.admin("faults", {"kind": "drop_before", "count": 1, "on": on})
    world.settle()
    world.time_passes(minutes=1)
