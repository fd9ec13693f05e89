"""The worker process: it takes nudges, keeps promises, and beats the clock. Crash-only: `amate serve` starts it again."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAlias

from django.conf import settings
from django.db import connections
from procrastinate import App, JobContext
from procrastinate.worker import Worker

from amate.access.signing_key import AnotherSigningKey, refuse_another_signing_key
from amate.promises.keep import keep
from amate.promises.kinds import QUEUES
from amate.promises.step import close_lines
from amate.running.collector import collect_rarely
from amate.running.pac_accounts import BadAccounts
from amate.tenancy.clock import clock_of_who_is_served
from amate.tenancy.half_restored import HalfRestored, refuse_half_restored
from amate.worker.clock import beat
from amate.worker.handlers import handlers
from amate.worker.lines import connector
from amate.worker.plugs import Plugs, open_plugs
from amate.worker.watch_pacs import watch_pacs

logger = logging.getLogger(__name__)

# A group of its own for each queue: a slow PAC must not hold up mail, nor the other way round (RUNNING 3.2). Stamps have
# half as many places again as the accounts together allow calls: who is at the database leaves no call unused.
STAMPS = "stamp"
IN_FLIGHT = {"sat": 2, "mail": 4, "desk": 2, "money": 4, "switch": 2, "hooks": 2, "reactivate": 8}
ASK_AGAIN = 0.5  # seconds
Task: TypeAlias = "asyncio.Future[Any]"


def keeper(plugs: Plugs) -> App:
    """The Procrastinate application of this process, with the one task that keeps promises."""
    app = App(connector=connector())
    plugs = replace(plugs, clock=clock_of_who_is_served(plugs.clock))
    acts = handlers(plugs)

    @app.task(name="keep", pass_context=True)
    async def task(context: JobContext, *, company_id: int, promise_id: int) -> None:
        worker = context.job.worker_id
        assert worker is not None
        await keep(company_id=company_id, promise_id=promise_id, worker=worker, handlers=acts, clock=plugs.clock)

    return app


async def run_worker(
    plugs: Plugs, *, forever: bool = True, signals: bool = True, queues: Sequence[str] = QUEUES
) -> None:
    """Keep promises until told to stop, and then return once nothing that it began goes on and no transaction of its is open.
    `forever=False` returns when no due nudge is left in any of `queues`.

    `signals=False` when the process is not ours to end.
    """
    app = keeper(plugs)
    try:
        await app.open_async()
        places = {**IN_FLIGHT, STAMPS: sum(pac.gate.in_flight for pac in plugs.pacs) * 3 // 2}
        groups = [_group(app, queue, places[queue], forever) for queue in queues]
        if not forever:
            await asyncio.gather(*map(_run, groups))
            return
        _go_if_told()
        await _work(groups, plugs, signals=signals)
    finally:
        await app.close_async()


async def _work(groups: Sequence[Worker], plugs: Plugs, *, signals: bool) -> None:
    stalled = timedelta(seconds=settings.PROCRASTINATE_WORKER_DEFAULTS["stalled_worker_timeout"])
    told = asyncio.Event()
    watches = [
        asyncio.ensure_future(one)
        for one in (beat(clock=plugs.clock, dead_after=stalled), watch_pacs(plugs), told.wait())
    ]
    tasks = [*watches, *(asyncio.ensure_future(_run(group)) for group in groups)]
    if signals:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:  # also when we are cancelled ourselves: what is left running would outlive its database lines
        await _end(groups, watches, tasks)
    for task in done:
        if not task.cancelled() and (fault := task.exception()) is not None:
            raise fault


async def _end(groups: Sequence[Worker], watches: Sequence[Task], tasks: Sequence[Task]) -> None:
    """Until all have ended. Asked again and again: until Python 3.12 a cancellation that meets an answer of PostgreSQL is
    lost (`asyncio.wait_for`), and a group forgets what it was told before it began."""
    running = set(tasks)
    while running:
        for group in groups:
            group.stop()  # type: ignore[no-untyped-call]  # not cancelled: its jobs come to their end
        for watch in watches:
            watch.cancel()
        _, running = await asyncio.wait(running, timeout=ASK_AGAIN)
    await asyncio.gather(*tasks, return_exceptions=True)  # one fault is told; that of the others is the same
    await asyncio.to_thread(close_lines)


def _go_if_told() -> None:
    """A cancellation may have been lost while the lines were opened."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _group(app: App, queue: str, places: int, forever: bool) -> Worker:
    return Worker(
        app,
        queues=[queue],
        concurrency=places,
        wait=forever,
        delete_jobs="successful",
        install_signal_handlers=False,
        listen_notify=forever,
        **settings.PROCRASTINATE_WORKER_DEFAULTS,
    )


async def _run(group: Worker) -> None:
    await group.run()  # type: ignore[no-untyped-call]


def main() -> int:
    """`amate worker`. It does not begin where it could stamp twice, or where links that it signs are worth nothing."""
    try:
        refuse_half_restored()
        refuse_another_signing_key()
        plugs = open_plugs()
    except (HalfRestored, AnotherSigningKey, BadAccounts) as fault:
        raise SystemExit(str(fault)) from fault
    connections.close_all()  # this thread asks for nothing more
    collect_rarely()

    async def whole() -> None:
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await run_worker(plugs)
        finally:
            await plugs.aclose()

    asyncio.run(whole())
    return 0
