"""One database step of a job, in a thread that keeps a line of its own to the database."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from threading import Barrier, BrokenBarrierError, Lock
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection, connections

logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

# Database steps are short and the GIL is one: more threads would bring nothing (FOUNDATIONS 5).
THREADS = 4
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="db")
_closing = Lock()
LONGEST = 60.0  # seconds that threads wait for each other before they close without the others


def step(act: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """`act` for who awaits it. Nobody can interrupt a thread: cancelled, it says so once its transaction has ended, so that
    a worker that has stopped has nothing open."""

    async def run(*args: P.args, **kwargs: P.kwargs) -> R:
        begun = partial(copy_context().run, partial(_on_a_clean_line, act, *args, **kwargs))
        running = asyncio.get_running_loop().run_in_executor(_pool, begun)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await _end_of(running)
            raise

    return run


def close_lines() -> None:
    """Every thread gives its line back. Waits for the steps that are under way."""
    with _closing:  # two that close at once would each hold threads that the other one waits for
        all_here = Barrier(THREADS)
        wait([_pool.submit(_close, all_here) for _ in range(THREADS)])


def _close(all_here: Barrier) -> None:
    with suppress(BrokenBarrierError):
        all_here.wait(LONGEST)  # so that each thread closes once
    connections.close_all()


async def _end_of(running: "asyncio.Future[R]") -> None:
    while not running.done():
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:  # asked again: whoever asked first is told by `step`
            continue
    if fault := running.exception():
        logger.warning("a step failed while its worker stopped", exc_info=fault)


def _on_a_clean_line(act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return act(*args, **kwargs)
    except (OperationalError, InterfaceError):
        connection.close()  # PostgreSQL went away: the next step must not find the same dead line
        raise
    finally:
        # As Django does after each request: whatever left it in a transaction, what came after would never be committed.
        if connection.connection is not None and not connection.autocommit:
            logger.error("a step left its transaction open: it is rolled back")
            connection.close()
