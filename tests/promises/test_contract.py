"""The promises of the promises (DECISIONS B4, RUNNING 3.7). Real commits, real workers, real kill."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from amate.promises.keep import keep
from amate.promises.lease import GiveUp, Lease, TryLater, retry_now, settle_done, settle_failed, take
from amate.promises.models import Promise
from amate.promises.promise import promise, promise_all
from amate.promises.step import step
from amate.promises.sweep import rescue, sweep
from amate.tenancy.scope import company_scope

KIND = "release"


class Desk:
    """A company's promises, kept by hand: `keep` is called as the worker's task would."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.company = world.shop.company.pk
        self.runs: list[int] = []

    def owe(self, key: str = "one", **more: Any) -> int:
        return self.world.scoped(lambda: promise(KIND, key=key, now=self.world.now(), priority=1, **more))

    def row(self, promise_id: int) -> Promise:
        return self.world.scoped(lambda: Promise.objects.get(pk=promise_id))

    def jobs(self) -> list[tuple[str, str]]:
        return self.world.inside(
            lambda: self._rows("SELECT status::text, queue_name FROM procrastinate_jobs ORDER BY id")
        )

    def keep(self, promise_id: int, act: Any = None, worker: int = 1) -> None:
        async def run(lease: Lease) -> None:
            self.runs.append(lease.attempt)
            if act is not None:
                result = act(lease)
                if asyncio.iscoroutine(result):
                    await result

        asked = keep(
            company_id=self.company, promise_id=promise_id, worker=worker, handlers={KIND: run}, clock=self.world.now
        )
        self.world.inside(lambda: asyncio.run(asked))

    def _rows(self, query: str) -> list[Any]:
        with connection.cursor() as c:
            c.execute(query)
            return list(c.fetchall())


@pytest.fixture
def desk(world: Any) -> Desk:
    return Desk(world)


def raising(fault: Exception) -> Any:
    def act(lease: Lease) -> None:
        raise fault

    return act


def test_a_rolled_back_cause_leaves_neither_promise_nor_nudge(desk: Desk) -> None:
    def change_of_mind() -> None:
        promise(KIND, key="one", now=desk.world.now(), priority=1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        desk.world.scoped(change_of_mind)
    assert desk.world.scoped(lambda: Promise.objects.count()) == 0
    assert desk.jobs() == []


def test_a_cause_leaves_one_promise_and_one_nudge(desk: Desk) -> None:
    row = desk.row(desk.owe(invoice_id=7))
    assert (row.kind, row.args, row.asked, row.attempts, row.done_at) == (KIND, {"invoice_id": 7}, 1, 0, None)
    assert desk.jobs() == [("todo", "desk")]


def test_it_is_kept_once_and_then_done(desk: Desk) -> None:
    one = desk.owe()
    desk.keep(one)
    desk.keep(one)
    assert desk.runs == [1]
    assert desk.row(one).done_at is not None


def test_the_same_key_is_one_row_until_it_is_done(desk: Desk) -> None:
    one = desk.owe()
    assert desk.owe() == one
    assert desk.row(one).asked == 2
    desk.keep(one)
    assert desk.owe() != one


def test_one_hundred_concurrent_promises_of_one_key_run_once_at_a_time(desk: Desk) -> None:
    company, now = desk.company, desk.world.now()

    def owe(_: int) -> int:
        try:
            with company_scope(company):
                return promise(KIND, key="hundred", now=now, priority=1)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as crowd:
        ids = set(crowd.map(owe, range(100)))
    assert len(ids) == 1
    (one,) = ids
    inside, most = 0, 0
    lock = threading.Lock()

    async def act(lease: Lease) -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        await asyncio.sleep(0.05)
        with lock:
            inside -= 1

    async def crowd_of_keepers() -> None:
        handlers = {KIND: act}
        await asyncio.gather(
            *(
                keep(company_id=company, promise_id=one, worker=n, handlers=handlers, clock=desk.world.now)
                for n in range(1, 20)
            )
        )

    desk.world.inside(lambda: asyncio.run(crowd_of_keepers()))
    assert most == 1
    assert desk.row(one).done_at is not None


def test_asked_again_during_a_run_it_runs_again(desk: Desk) -> None:
    one = desk.owe()

    async def ask_again(lease: Lease) -> None:
        if lease.attempt == 1:
            await step(_owe_again)(desk.company, desk.world.now())

    desk.keep(one, ask_again)
    assert desk.row(one).done_at is None
    desk.keep(one, ask_again)
    assert desk.runs == [1, 2]
    assert desk.row(one).done_at is not None


def _owe_again(company: int, now: Any) -> None:
    with company_scope(company):
        promise(KIND, key="one", now=now, priority=1)


def test_a_failure_that_time_may_mend_backs_off(desk: Desk) -> None:
    one = desk.owe()
    desk.keep(one, raising(TryLater("el PAC no responde")))
    row = desk.row(one)
    assert row.last_error == "el PAC no responde"
    assert timedelta(seconds=1) < row.next_try_at - desk.world.now() < timedelta(seconds=3)
    desk.keep(one)
    assert desk.runs == [1], "it was tried before its time"
    desk.world.ahead += timedelta(seconds=4)
    desk.keep(one)
    assert desk.runs == [1, 2]
    assert desk.row(one).last_error == ""


def test_the_waits_grow_and_then_stay(desk: Desk) -> None:
    one = desk.owe()
    waits = []
    for _ in range(7):
        desk.keep(one, raising(TryLater("no")))
        waits.append((desk.row(one).next_try_at - desk.world.now()).total_seconds())
        desk.world.ahead += timedelta(minutes=20)
    for waited, planned in zip(waits, (2, 10, 60, 300, 900, 900, 900), strict=True):
        assert planned * 0.75 < waited < planned * 1.25


@pytest.mark.parametrize("fault", [GiveUp("sube tu CSD"), ValueError("un defecto nuestro")])
def test_what_gives_up_stays_visible_and_can_be_retried(desk: Desk, fault: Exception) -> None:
    one = desk.owe()
    desk.keep(one, raising(fault))
    row = desk.row(one)
    assert row.next_try_at is None
    assert str(fault) in row.last_error
    assert desk.world.scoped(lambda: list(Promise.objects.given_up())) == [row]
    desk.keep(one)
    assert desk.runs == [1]
    assert desk.world.scoped(lambda: retry_now(promise_id=one, now=desk.world.now()))
    desk.keep(one)
    assert desk.runs == [1, 2]
    assert desk.row(one).done_at is not None


def test_a_retry_of_another_companys_promise_finds_nothing(desk: Desk) -> None:
    one = desk.owe()
    assert not desk.world.scoped(lambda: retry_now(promise_id=one, now=desk.world.now()), desk.world.other)


def test_a_late_worker_writes_nothing_after_its_lease_was_released(desk: Desk) -> None:
    one = desk.owe()
    world = desk.world
    late = world.inside(lambda: take(company_id=desk.company, promise_id=one, now=world.now(), worker=999))
    assert late is not None
    assert world.inside(lambda: rescue(dead_after=timedelta(seconds=5))) == 1, "worker 999 has no heartbeat"
    newer = world.inside(lambda: take(company_id=desk.company, promise_id=one, now=world.now(), worker=1000))
    assert newer is not None
    assert newer.attempt == 2
    assert world.inside(lambda: settle_done(late, now=world.now())) is False
    assert world.inside(lambda: settle_failed(late, now=world.now(), error="late", again=True)) is False
    assert desk.row(one).leased_by == 1000
    assert world.inside(lambda: settle_done(newer, now=world.now())) is True


def test_a_bulk_of_five_hundred_with_duplicates_is_one_row_each(desk: Desk) -> None:
    wanted = {f"k{n % 400:03d}": {"invoice_id": n} for n in range(500)}

    def owe() -> list[int]:
        return promise_all(kind=KIND, wanted=wanted, now=desk.world.now(), priority=1)

    first = desk.world.scoped(owe)
    again = desk.world.scoped(owe)
    assert len(first) == 400
    assert sorted(first) == sorted(again)
    assert {row.asked for row in desk.world.scoped(lambda: list(Promise.objects.all()))} == {2}


def test_a_sweep_nudges_what_is_due_once_and_nothing_that_is_leased(desk: Desk) -> None:
    world = desk.world
    due, leased = desk.owe("due"), desk.owe("leased")
    world.inside(lambda: take(company_id=desk.company, promise_id=leased, now=world.now(), worker=5))
    world.ahead += timedelta(minutes=2)
    _age_nudges(desk)
    before = len(desk.jobs())
    assert world.inside(lambda: sweep(now=world.now())) == 1
    assert world.inside(lambda: sweep(now=world.now())) == 0, "it was nudged a moment ago"
    assert len(desk.jobs()) == before + 1
    desk.keep(due)
    assert desk.runs == [1]


def test_a_sweep_under_a_backlog_adds_no_second_nudge(desk: Desk) -> None:
    world = desk.world

    def owe() -> None:
        wanted = {f"b{n:05d}": {} for n in range(20_000)}
        promise_all(kind=KIND, wanted=wanted, now=world.now(), priority=1)

    world.scoped(owe)
    world.ahead += timedelta(minutes=2)
    assert world.inside(lambda: sweep(now=world.now())) == 0, "their nudges are still waiting"
    assert len(desk.jobs()) == 20_000
    _age_nudges(desk)
    assert world.inside(lambda: sweep(now=world.now())) == 500
    assert len(desk.jobs()) == 20_500


def test_a_sweep_during_a_run_that_then_fails_and_a_dead_worker_still_finish(desk: Desk) -> None:
    """The failure that Procrastinate's own locks could not survive (DECISIONS B1)."""
    world, one = desk.world, desk.owe()

    async def swept_and_failed(lease: Lease) -> None:
        await step(sweep)(now=world.now(), lately=timedelta())
        raise TryLater("no ahora")

    desk.keep(one, swept_and_failed)
    world.ahead += timedelta(seconds=5)
    dying = world.inside(lambda: take(company_id=desk.company, promise_id=one, now=world.now(), worker=77))
    assert dying is not None
    assert world.inside(lambda: rescue(dead_after=timedelta(seconds=5))) == 1
    desk.keep(one)
    assert desk.row(one).done_at is not None


def test_the_planner_functions_tell_ids_and_nothing_else(desk: Desk) -> None:
    desk.owe(secret="RFC de alguien")

    def look() -> list[str]:
        with connection.cursor() as c:
            c.execute("SELECT * FROM promises_due(now() + interval '1 hour', interval '0', 10)")
            return [column.name for column in c.description]

    assert desk.world.inside(look) == ["company_id", "id", "queue", "priority"]


def _age_nudges(desk: Desk) -> None:
    def age() -> None:
        with connection.cursor() as c:
            c.execute("UPDATE promises_promise SET nudged_at = nudged_at - interval '5 minutes'")

    desk.world.scoped(age)
