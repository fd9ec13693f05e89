"""The one Procrastinate task: keep a promise."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from django.db import InterfaceError, OperationalError

from amate.promises.lease import GiveUp, Lease, LeaseLost, TryLater, settle_done, settle_failed, take
from amate.promises.step import step
from amate.tenancy.clock import running_ahead

logger = logging.getLogger(__name__)
# Answers whether its last step settled the promise too.
Handler = Callable[[Lease], Awaitable[bool]]
Clock = Callable[[], datetime]


async def keep(*, company_id: int, promise_id: int, worker: int, handlers: dict[str, Handler], clock: Clock) -> None:
    """Lease the promise, run its act, settle. Every outcome of the act ends on the row, none in the job. `clock` heeds
    `tenancy.clock`: from the lease on it is the company's."""
    lease = await step(take)(company_id=company_id, promise_id=promise_id, now=clock(), worker=worker)
    if lease is None:
        return
    with running_ahead(lease.ahead):
        await _keep(lease, handlers=handlers, clock=clock)


async def _keep(lease: Lease, *, handlers: dict[str, Handler], clock: Clock) -> None:
    where = {"kind": lease.kind, "promise": lease.promise_id, "company": lease.company_id}
    try:
        settled = await handlers[lease.kind](lease)
    except TryLater as reason:
        await step(settle_failed)(
            lease, now=clock(), error=str(reason), again=True, after=reason.after, alarm=reason.alarm
        )
    except LeaseLost:
        logger.warning("a late run stood back", extra=where)
    except GiveUp as reason:
        logger.warning("promise given up", extra=where)
        await step(settle_failed)(lease, now=clock(), error=str(reason), again=False)
    except (OperationalError, InterfaceError) as fault:
        logger.warning("database away while keeping a promise", extra=where)
        await step(settle_failed)(lease, now=clock(), error=f"{type(fault).__name__}: {fault}", again=True)
    except asyncio.CancelledError:
        raise
    except Exception as fault:  # a defect of ours is an outcome too: visible on the row, no retry storm
        logger.exception("promise failed", extra=where)
        await step(settle_failed)(lease, now=clock(), error=f"{type(fault).__name__}: {fault}", again=False)
    else:
        if not settled:
            await step(settle_done)(lease, now=clock())
