"""The worker process: it takes nudges, keeps promises, and beats the clock. Crash-only: `amate serve` starts it again."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connections
from procrastinate import App, JobContext

from amate.access.signing_key import AnotherSigningKey, refuse_another_signing_key
from amate.promises.keep import keep
from amate.promises.kinds import QUEUES
from amate.tenancy.half_restored import HalfRestored, refuse_half_restored
from amate.worker.clock import beat
from amate.worker.handlers import handlers
from amate.worker.lines import connector
from amate.worker.plugs import Plugs, open_plugs
from amate.worker.watch_stamps import watch_stamps

logger = logging.getLogger(__name__)

# A group of its own for each PAC's queue: a slow PAC must not hold up mail, nor the other way round (RUNNING 3.2).
IN_FLIGHT = {"stamp.sw_sapien": 8, "mail": 4, "desk": 2}


def keeper(plugs: Plugs) -> App:
    """The Procrastinate application of this process, with the one task that keeps promises."""
    app = App(connector=connector())
    acts = handlers(plugs)

    @app.task(name="keep", pass_context=True)
    async def task(context: JobContext, *, company_id: int, promise_id: int) -> None:
        worker = context.job.worker_id
        assert worker is not None
        await keep(company_id=company_id, promise_id=promise_id, worker=worker, handlers=acts, clock=plugs.clock)

    return app


async def run_worker(plugs: Plugs, *, forever: bool = True, signals: bool = True) -> None:
    """Keep promises until told to stop; `forever=False` returns when no due nudge is left.

    `signals=False` when the process is not ours to end.
    """
    app = keeper(plugs)
    async with app.open_async():
        groups = [_group(app, queue, forever) for queue in QUEUES]
        if not forever:
            await asyncio.gather(*groups)
            return
        stalled = timedelta(seconds=settings.PROCRASTINATE_WORKER_DEFAULTS["stalled_worker_timeout"])
        watches = (beat(clock=plugs.clock, dead_after=stalled), watch_stamps(plugs))
        tasks = [asyncio.ensure_future(one) for one in (*groups, *watches)]
        if signals:
            _stop_on_signals(tasks)
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:  # also when we are cancelled ourselves: what is left running would outlive its database lines
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            if not task.cancelled() and (fault := task.exception()) is not None:
                raise fault


async def _group(app: App, queue: str, forever: bool) -> Any:
    return await app.run_worker_async(
        queues=[queue],
        concurrency=IN_FLIGHT[queue],
        wait=forever,
        delete_jobs="successful",
        install_signal_handlers=False,
        listen_notify=forever,
        **settings.PROCRASTINATE_WORKER_DEFAULTS,
    )


def _stop_on_signals(tasks: Sequence["asyncio.Future[Any]"]) -> None:
    def stop() -> None:
        for task in tasks:
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)


def main() -> int:
    """`amate worker`. It does not begin where it could stamp twice, or where links that it signs are worth nothing."""
    try:
        refuse_half_restored()
        refuse_another_signing_key()
    except (HalfRestored, AnotherSigningKey) as fault:
        raise SystemExit(str(fault)) from fault
    connections.close_all()  # this thread asks for nothing more

    async def whole() -> None:
        plugs = open_plugs()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await run_worker(plugs)
        finally:
            await plugs.pac.aclose()

    asyncio.run(whole())
    return 0
