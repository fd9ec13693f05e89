"""The one Procrastinate task: keep a promise."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, connection

from amate.promises.lease import GiveUp, Lease, LeaseLost, TryLater, settle_done, settle_failed, take

logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
# Answers whether its last step settled the promise too.
Handler = Callable[[Lease], Awaitable[bool]]
Clock = Callable[[], datetime]

# Database steps are short and the GIL is one: more threads would bring nothing (FOUNDATIONS 5).
_pool = ThreadPoolExecutor(4, thread_name_prefix="db")


def step(act: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Run one database step of a job in a thread of its own connection."""
    return sync_to_async(partial(_with_fresh_connection, act), thread_sensitive=False, executor=_pool)


def _with_fresh_connection(act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return act(*args, **kwargs)
    except (OperationalError, InterfaceError):
        connection.close()  # PostgreSQL went away: the next step must not find the same dead line
        raise


async def keep(*, company_id: int, promise_id: int, worker: int, handlers: dict[str, Handler], clock: Clock) -> None:
    """Lease the promise, run its act, settle. Every outcome of the act ends on the row, none in the job."""
    lease = await step(take)(company_id=company_id, promise_id=promise_id, now=clock(), worker=worker)
    if lease is None:
        return
    try:
        settled = await handlers[lease.kind](lease)
    except TryLater as reason:
        await step(settle_failed)(
            lease, now=clock(), error=str(reason), again=True, after=reason.after, alarm=reason.alarm
        )
    except LeaseLost:
        logger.warning(
            "a late run stood back", extra={"kind": lease.kind, "promise": promise_id, "company": company_id}
        )
    except GiveUp as reason:
        logger.warning("promise given up", extra={"kind": lease.kind, "promise": promise_id, "company": company_id})
        await step(settle_failed)(lease, now=clock(), error=str(reason), again=False)
    except (OperationalError, InterfaceError) as fault:
        logger.warning("database away while keeping a promise", extra={"kind": lease.kind, "promise": promise_id})
        await step(settle_failed)(lease, now=clock(), error=f"{type(fault).__name__}: {fault}", again=True)
    except asyncio.CancelledError:
        raise
    except Exception as fault:  # a defect of ours is an outcome too: visible on the row, no retry storm
        logger.exception("promise failed", extra={"kind": lease.kind, "promise": promise_id, "company": company_id})
        await step(settle_failed)(lease, now=clock(), error=f"{type(fault).__name__}: {fault}", again=False)
    else:
        if not settled:
            await step(settle_done)(lease, now=clock())
