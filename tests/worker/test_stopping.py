"""A worker that was stopped has stopped: no thread of it goes on, and no transaction of it stays open."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from procrastinate.manager import JobManager
from psycopg_pool import AsyncConnectionPool

from amate.promises.step import close_lines, step
from amate.tenancy.scope import LostTransaction, company_scope
from amate.worker import clock
from tests.database import as_admin
from tests.world import World


def backend() -> int:
    with connection.cursor() as c:
        c.execute("SELECT pg_backend_pid()")
        return int(c.fetchone()[0])


def lines(database: str, *, state: str = "%") -> set[int]:
    """The backends of the database that people or programs are connected to."""
    asked = (
        "SELECT pid FROM pg_stat_activity WHERE datname = %s AND state LIKE %s AND backend_type = 'client backend' "
        "AND pid <> pg_backend_pid()"
    )
    with as_admin(database) as c:
        return {pid for (pid,) in c.execute(asked, [database, state])}


class Slow:
    """A step in the middle of its transaction until it may go on."""

    def __init__(self, world: World) -> None:
        self.company = world.shop.company
        self.pid = 0
        self.ended = False
        self.begun, self.go_on = threading.Event(), threading.Event()

    def act(self, *_: Any) -> None:
        with company_scope(self.company.pk):
            self.pid = backend()
            self.begun.set()
            assert self.go_on.wait(20)
            self.ended = True


def test_a_step_that_is_cancelled_ends_with_its_transaction(world: World, committed: str) -> None:
    slow = Slow(world)

    async def cancelled() -> None:
        running = asyncio.ensure_future(step(slow.act)())
        await asyncio.to_thread(slow.begun.wait, 20)
        for _ in range(2):
            running.cancel()
            await asyncio.wait({running}, timeout=0.1)
            assert not running.done()
        slow.go_on.set()
        await asyncio.wait({running})
        assert running.cancelled()
        assert slow.ended

    world.inside(lambda: asyncio.run(cancelled()))
    assert lines(committed, state="idle in transaction%") == set()


def test_a_worker_that_is_stopped_leaves_no_line_behind(
    world: World, committed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(world)
    monkeypatch.setattr(clock, "_chain", slow.act)
    before = lines(committed)
    with world.worker():
        assert slow.begun.wait(20)
        assert slow.pid in lines(committed, state="idle in transaction")
        threading.Timer(0.5, slow.go_on.set).start()
    assert slow.ended
    assert lines(committed) <= before - {slow.pid}


def deaf(act: Callable[..., Any]) -> Callable[..., Any]:
    """As psycopg is until Python 3.12 when a cancellation meets an answer of PostgreSQL: it takes the answer."""

    async def goes_on(*args: Any, **kwargs: Any) -> Any:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(1)
        return await act(*args, **kwargs)

    return goes_on


@pytest.mark.parametrize("where", [(JobManager, "register_worker"), (AsyncConnectionPool, "open")])
def test_a_cancellation_that_is_lost_while_the_worker_begins_is_told_again(
    world: World, committed: str, monkeypatch: pytest.MonkeyPatch, where: tuple[type, str]
) -> None:
    monkeypatch.setattr(*where, deaf(getattr(*where)))
    before = lines(committed)
    with world.worker():
        time.sleep(0.3)
    assert lines(committed) <= before


def test_a_step_that_leaves_its_transaction_open_does_not_keep_its_line(world: World, committed: str) -> None:
    pids: list[int] = []

    def leave_open() -> None:
        connection.set_autocommit(False)
        pids.append(backend())

    world.inside(lambda: asyncio.run(step(leave_open)()))
    assert pids[0] not in lines(committed)


def test_no_scope_begins_in_a_transaction_that_was_left_open(world: World) -> None:
    """Django would make a savepoint of it and never commit."""

    def begin() -> None:
        connection.set_autocommit(False)
        try:
            with company_scope(world.shop.company.pk):
                raise AssertionError("it began")
        finally:
            connection.close()

    with pytest.raises(LostTransaction, match="would not be committed"):
        world.inside(begin)


def test_two_that_close_the_lines_at_once_do_not_wait_for_each_other(world: World, committed: str) -> None:
    before = lines(committed)
    world.inside(lambda: asyncio.run(step(backend)()))
    both = [threading.Thread(target=close_lines, daemon=True) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(20)
        assert not one.is_alive()
    assert lines(committed) <= before
