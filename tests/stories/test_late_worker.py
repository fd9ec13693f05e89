"""A run that was thought dead and comes back late: its successor is at work, and it writes nothing over that.

It happens when a machine sleeps or the database stalls for longer than a heartbeat may fail.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from amate.adapters.messages import BadAddress, MessengerUnavailable
from amate.adapters.pac import Limits, PacAmbiguous, PacRejected, PacUnavailable
from amate.adapters.pac.gate import Gate
from amate.invoices.models import Invoice, InvoiceMove, Stamp, State
from amate.messages.models import Message
from amate.promises.keep import keep
from amate.promises.models import Promise
from amate.promises.step import step
from amate.promises.sweep import rescue
from amate.worker.handlers import handlers
from amate.worker.plugs import Plugs
from tests.stories.processes import stamped_by

Call = Callable[..., Awaitable[Any]]


class Overtaken:
    """An outside call during which the caller is given up for dead and another run begins.

    The second run is inside the same call when the first one ends as `fault` says, or well, if that is None.
    """

    def __init__(self, real: Call, *, fault: Exception | None, again: Callable[[], Awaitable[None]]) -> None:
        self._real = real
        self._fault = fault
        self._again = again
        self._second_is_inside = asyncio.Event()
        self._first_has_ended = asyncio.Event()
        self.second: asyncio.Task[None] | None = None

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.second is None:
            assert await step(rescue)(dead_after=timedelta()) == 1
            self.second = asyncio.ensure_future(self._again())  # type: ignore[arg-type]
            await self._second_is_inside.wait()
            if self._fault is not None:
                raise self._fault
            return await self._real(*args, **kwargs)
        self._second_is_inside.set()
        await self._first_has_ended.wait()
        return await self._real(*args, **kwargs)

    async def finish(self) -> None:
        self._first_has_ended.set()
        assert self.second is not None
        await self.second


def overtake(world: Any, kind: str, *, fault: Exception | None) -> None:
    """Keep the open promise of this kind twice, the second run overtaking the first in the middle of its call."""
    (owed,) = world.scoped(lambda: list(Promise.objects.open().filter(kind=kind)))

    async def both() -> None:
        plugs: Plugs = world.plugs()
        (pac,), messenger = plugs.pacs, plugs.messenger

        def run(worker: int) -> Awaitable[None]:
            return keep(
                company_id=owed.company_id, promise_id=owed.pk, worker=worker, handlers=handlers(plugs), clock=world.now
            )

        stamping = kind == "seal_and_stamp"
        call = Overtaken(pac.stamp if stamping else messenger.send, fault=fault, again=lambda: run(2))
        stand: Any = Stand(call)
        plugs = replace(plugs, pacs=(stand,)) if stamping else replace(plugs, messenger=stand)
        await run(1)
        await call.finish()
        await pac.aclose()

    world.inside(lambda: asyncio.run(both()))


class Stand:
    """In the place of a PAC or of a messenger: every call is `call`."""

    code = "sw_sapien"
    tells = False
    counts = False
    gate = Gate(Limits())

    def __init__(self, call: Overtaken) -> None:
        self.stamp = self.recover = self.send = call


@pytest.mark.parametrize(
    "fault",
    [
        PacAmbiguous("the answer was lost"),
        PacUnavailable("network", "no route"),
        PacRejected("CFDI40145", "another name"),
        None,
    ],
    ids=["ambiguous", "unavailable", "rejected", "stamped"],
)
def test_a_late_stamp_run_does_not_disturb_its_successor(world: Any, fault: Exception | None) -> None:
    invoice: Invoice = world.claim(world.sale())
    overtake(world, "seal_and_stamp", fault=fault)
    found = world.invoice(invoice)
    assert found.state == State.STAMPED, found.refusal
    assert [str(found.uuid)] == stamped_by(world.pac)
    assert world.scoped(lambda: Stamp.objects.count()) == 1
    moves = world.scoped(lambda: list(InvoiceMove.objects.order_by("pgh_id").values_list("state", flat=True)))
    assert moves == ["draft", "sealed", "sending", "stamped"]
    row = world.scoped(lambda: Promise.objects.get(kind="seal_and_stamp"))
    assert (row.done_at is not None, row.attempts, row.last_error) == (True, 2, "")


@pytest.mark.parametrize(
    "fault",
    [MessengerUnavailable("busy"), BadAddress("no such person"), None],
    ids=["unavailable", "bad_address", "sent"],
)
def test_a_late_mail_run_does_not_disturb_its_successor(world: Any, fault: Exception | None) -> None:
    world.claim(world.sale())
    (stamping,) = world.scoped(lambda: list(Promise.objects.open()))
    plugs = world.plugs()
    world.inside(
        lambda: asyncio.run(
            keep(
                company_id=stamping.company_id,
                promise_id=stamping.pk,
                worker=1,
                handlers=handlers(plugs),
                clock=world.now,
            )
        )
    )
    overtake(world, "deliver", fault=fault)
    assert world.scoped(lambda: Message.objects.get().state) == Message.State.SENT
    assert len({mail["Message-ID"] for mail in world.mail.mails}) == 1
    assert len(world.mail.mails) == (1 if fault else 2)
    row = world.scoped(lambda: Promise.objects.get(kind="deliver"))
    assert (row.done_at is not None, row.attempts, row.last_error) == (True, 2, "")
