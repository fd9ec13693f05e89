"""One step of a job inside its company."""

from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from amate.promises.keep import Clock
from amate.promises.lease import Lease, hold_fast, settle_here
from amate.promises.step import step
from amate.tenancy.scope import company_scope

P = ParamSpec("P")
R = TypeVar("R")


def inside(
    lease: Lease, act: Callable[P, R], *, fenced: bool = False, settles: Clock | None = None
) -> Callable[P, Awaitable[R]]:
    """One step of a job: one transaction of the promise's company. `fenced`: only while the lease is ours; `settles`:
    it is the last one, so the promise is settled with it.

    A stamp is recorded without the fence: it was checked against the sealed bytes, so it is true whoever brings it.
    """

    def scoped(*args: P.args, **kwargs: P.kwargs) -> R:
        with company_scope(lease.company_id):
            if fenced:
                hold_fast(lease)
            done = act(*args, **kwargs)
            if settles:
                settle_here(lease, now=settles())
            return done

    return step(scoped)
