"""Documents whose way is full of trouble, drawn from a seed: what PACs do to them, workers that die, runs that come late.

Each intent is one invoice; its schedule says what goes wrong at its first, second, … outside call, and after the last
trouble the world is calm, so that every intent must end well.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx

from amate.adapters.pac import Limits, PacUnavailable, Stamped
from amate.adapters.pac.gate import Gate
from amate.invoices.models import Invoice, Origin, Sealing, Stamp, State
from amate.promises.keep import keep
from amate.promises.models import Promise
from amate.promises.promise import promise_all
from amate.promises.step import step
from amate.promises.sweep import rescue
from amate.sandbox.pac.state import MemoryStore
from amate.tenancy.scope import company_scope
from amate.tenancy.writes import insert
from amate.worker.handlers import handlers

# What strikes at the PAC, by its own switch; and what strikes at us.
AT_THE_PAC = (
    *("drop_before", "drop_after", "truncated", "500_before", "500_after", "html_200", "html_500", "json_without_data"),
    *("503", "429", "no_credits", "expired_token"),
    *("other_tfd", "foreign_uuid", "wrong_sello_sat", "altered_xml"),
    *("307_http_200", "307_http_400", "307_without_data", "forgets", "warned"),
    *("hang", "hang_after", "latency"),
)
AT_US = ("die_before", "die_after", "come_late", "breaker", "breaker")
MOST_TROUBLES = 6
MANY_AT_ONCE = 24
QUIET_AFTER = 60  # rounds

_strikes: ContextVar[str] = ContextVar("_strikes", default="")


class Died(BaseException):
    """The worker, in the middle of a run: nothing of its own may catch this."""


@dataclass
class Schedule:
    """The troubles of one document, in the order of its outside calls."""

    troubles: list[str]
    seen: list[str] = field(default_factory=list)
    parked: asyncio.Event | None = None  # the run that is thought dead waits here with its answer

    def next(self) -> str:
        trouble = self.troubles.pop(0) if self.troubles else ""
        self.seen.append(trouble)
        return trouble


def drawn(rng: random.Random) -> Schedule:
    return Schedule([rng.choice(AT_THE_PAC + AT_US) for _ in range(rng.randint(0, MOST_TROUBLES))])


class Tireless(Gate):
    """The schedules bring their own breakers and rests: one document's trouble must not be every document's."""

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        yield


class Troubled:
    """A real client of a real simulator, on the way to which things happen."""

    def __init__(self, pac: Any, schedule_of: Callable[[str], Schedule], patience: httpx.Timeout) -> None:
        self._pac = pac
        self._schedule_of = schedule_of
        self.code, self.tells, self.counts = pac.code, pac.tells, pac.counts
        self.gate = pac._line.gate = Tireless(Limits(in_flight=MANY_AT_ONCE))
        pac._line.client.timeout = patience
        pac._line.client.event_hooks = {"request": [_strike]}

    async def stamp(self, sealed: bytes, *, key: str) -> Stamped:
        stamped: Stamped = await self._called(self._pac.stamp, sealed, key)
        return stamped

    async def recover(self, sealed: bytes, *, key: str) -> Stamped | None:
        recovered: Stamped | None = await self._called(self._pac.recover, sealed, key)
        return recovered

    async def balance(self) -> int | None:
        return None

    async def aclose(self) -> None:
        await self._pac.aclose()

    async def _called(self, call: Any, sealed: bytes, key: str) -> Any:
        schedule = self._schedule_of(key)
        trouble = schedule.next()
        if trouble == "breaker":
            raise PacUnavailable("breaker", "descansa", retry_after=1)
        if trouble == "die_before":
            raise Died
        _strikes.set(trouble if trouble in AT_THE_PAC else "")
        try:
            return await call(sealed, key=key)
        finally:
            if trouble == "die_after":
                raise Died
            if trouble == "come_late":
                schedule.parked = asyncio.Event()
                await schedule.parked.wait()


async def _strike(request: httpx.Request) -> None:
    if _strikes.get() and "/authenticate" not in request.url.path:
        request.headers["X-Sim-Fault"] = _strikes.get()


# ------------------------------------------------------------ the run


@dataclass
class Run:
    """Some intents of one seed, from their drafts to the end of every trouble."""

    world: Any
    rng: random.Random
    schedules: dict[int, Schedule]
    stores: dict[str, MemoryStore]
    late: list[tuple["asyncio.Task[None]", asyncio.Event]] = field(default_factory=list)
    deaths: int = 0
    lates: int = 0

    def schedule_of(self, key: str) -> Schedule:
        return self.schedules[int(key.split("-")[2])]

    async def live(self) -> int:
        """Answers how many rounds it took until nothing was owed."""
        plain = self.world.plugs()
        plugs = replace(plain, pacs=tuple(Troubled(pac, self.schedule_of, PATIENCE) for pac in plain.pacs))
        acts = handlers(plugs)
        places = asyncio.Semaphore(MANY_AT_ONCE)

        async def run(promise_id: int) -> None:
            async with places:
                await self._until_done_or_late(promise_id, acts)

        for round_number in range(QUIET_AFTER):
            coming_late, self.late = self.late, []
            owed, due = await step(self._due)()
            await asyncio.gather(*(run(promise_id) for promise_id in due))
            for task, may_go_on in coming_late:  # after whoever took over from them
                may_go_on.set()
                await asyncio.gather(task, return_exceptions=True)
            if not owed and not self.late:
                await plugs.aclose()
                return round_number
            await step(rescue)(dead_after=timedelta())
            await step(self.world.time_passes)(minutes=self.rng.choice((1, 7, 17, 40)))
        raise AssertionError(f"never done: {await step(self._owed)()}")

    async def _until_done_or_late(self, promise_id: int, acts: Any) -> None:
        schedule = self.schedules[await step(self._invoice_of)(promise_id)]
        task: asyncio.Task[None] = asyncio.ensure_future(
            keep(
                company_id=self.world.shop.company.pk,
                promise_id=promise_id,
                worker=1,
                handlers=acts,
                clock=self.world.now,
            )
        )
        while not task.done():
            if schedule.parked is not None:
                self.late.append((task, schedule.parked))
                schedule.parked = None
                self.lates += 1
                return
            await asyncio.wait({task}, timeout=0.02)
        if isinstance(task.exception(), Died):
            self.deaths += 1
        else:
            task.result()

    def _due(self) -> tuple[int, list[int]]:
        """How many promises are owed, and those that are due."""
        with company_scope(self.world.shop.company.pk):
            owed = Promise.objects.open()
            due = owed.filter(next_try_at__lte=self.world.now(), leased_by__isnull=True)
            return owed.count(), list(due.order_by("id").values_list("pk", flat=True))

    def _owed(self) -> list[tuple[Any, ...]]:
        with company_scope(self.world.shop.company.pk):
            rows = Promise.objects.open().values_list(
                "args__invoice_id", "attempts", "leased_by", "next_try_at", "last_error"
            )
            return [(*row, self.schedules[row[0]].seen) for row in rows[:5]]

    def _invoice_of(self, promise_id: int) -> int:
        with company_scope(self.world.shop.company.pk):
            return int(Promise.objects.get(pk=promise_id).args["invoice_id"])


# As long as a simulator that answers needs on a busy machine; a hang costs as much.
PATIENCE = httpx.Timeout(connect=2, write=2, read=1, pool=30)


# ------------------------------------------------------------ the intents


def draft_invoices(world: Any, count: int) -> list[int]:
    """Copies of one claimed sale, their stamps owed; inside the company's scope. Nobody is written to: only the stamp is
    looked at."""
    (first,) = Invoice.objects.all()
    facts = {one.attname: getattr(first, one.attname) for one in Invoice._meta.concrete_fields if one.name != "id"}
    facts["origin"] = Origin.OFFICE  # of a claim there may be one alone
    made = [Invoice(**facts) for _ in range(count)]
    for invoice in made:
        insert(invoice)
    wanted = {f"stamp:{invoice.pk}": {"invoice_id": invoice.pk} for invoice in made}
    promise_all(kind="seal_and_stamp", wanted=wanted, now=world.now(), priority=1)
    return [invoice.pk for invoice in made]


def one_live_cfdi_an_intent(run: Run) -> None:
    """Of what was sealed for an invoice the PACs together have one CFDI, and it is the one we have, to the byte."""
    documents = {code: {d.sha256: d for d in store.recent(10**6)} for code, store in run.stores.items()}
    for invoice_id, schedule in run.schedules.items():
        invoice = Invoice.objects.get(pk=invoice_id)
        assert invoice.state == State.STAMPED, (invoice.state, schedule.seen, _errors(invoice_id))
        shas = [bytes(one.sha256).hex() for one in Sealing.objects.filter(invoice=invoice)]
        there = [(code, kept[sha]) for code, kept in documents.items() for sha in shas if sha in kept]
        stamp = Stamp.objects.get(invoice=invoice)
        assert [(code, d.uuid.lower()) for code, d in there] == [(stamp.pac, str(stamp.uuid))], schedule.seen
        assert bytes(stamp.xml) == there[0][1].stamped
        assert stamp.uuid == invoice.uuid
    assert sum(len(kept) for kept in documents.values()) == len(run.schedules), "a CFDI that is nobody's"


def _errors(invoice_id: int) -> list[str]:
    return list(Promise.objects.filter(key=f"stamp:{invoice_id}").values_list("last_error", flat=True))
