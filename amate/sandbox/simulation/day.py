"""One day of the run: people pay, notices arrive, the worker looks up, dies and begins again."""

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db import connection

from amate.companies.day import zone_of_company
from amate.invoices.models import Invoice, Sealing, State
from amate.invoices.stamp import may_seal_anew, seal_anew
from amate.ledger.models import Receivable
from amate.promises.keep import keep
from amate.promises.step import step
from amate.promises.sweep import rescue
from amate.sandbox.simulation.company import Simulated
from amate.sandbox.simulation.faults import Crash, Faults
from amate.sandbox.simulation.outside import PLACES, Outside
from amate.sandbox.simulation.people import Transfer, transfers_for
from amate.tenancy.scope import company_scope
from amate.worker.each_company import in_each_company
from amate.worker.handlers import handlers
from amate.worker.of_a_day import OF_A_DAY

T = TypeVar("T")
STOPS = (time(11), time(19))  # in the hours of notices and cuts, and when it is tomorrow in London
WORKER = "worker"
TURNS = 3  # of the worker at each stop, minutes apart: what failed is tried again
APART = timedelta(minutes=6)
DUE = """
SELECT id FROM promises_promise
WHERE done_at IS NULL AND next_try_at <= %s AND (leased_until IS NULL OR leased_until < clock_timestamp())
ORDER BY priority DESC, id
"""


class Life:
    """A simulated company with its world, moved day by day."""

    def __init__(self, *, simulated: Simulated, outside: Outside, faults: Faults) -> None:
        self.simulated, self.outside, self.faults = simulated, outside, faults
        self.clock = outside.clock
        self.company_id = simulated.company.pk
        self.plugs = outside.plugs()
        self._handlers = handlers(self.plugs)
        self._worker = 1
        self._coming: dict[date, list[Transfer]] = {}
        self._heard_of = 0  # the last debt that its customer heard of
        self.zone: ZoneInfo = self.within(zone_of_company)
        self.days = 0
        self.stops: Sequence[time] = STOPS

    def within(self, look: Callable[[], T]) -> T:
        with company_scope(self.company_id):
            return look()

    async def day(self, today: date, *, after_each: Callable[[], Awaitable[None]]) -> None:
        self.days += 1
        self.faults.day_begins(self.days, (*PLACES, WORKER))
        for stop in self.stops:
            self.clock.now = datetime.combine(today, stop, tzinfo=self.zone)
            await self._people(today, last=stop == self.stops[-1])
            if self.worker_is_up:
                await self.worker_turns()
                if await step(self._office)():
                    await self.pump()
            await after_each()

    @property
    def worker_is_up(self) -> bool:
        return WORKER not in self.faults.away

    # ------------------------------------------------------------ people

    async def _people(self, today: date, *, last: bool) -> None:
        for one in await step(self._decided)(today):
            self._coming.setdefault(one.on, []).append(one)
        waiting = [one for on in sorted(self._coming) if on <= today for one in self._coming.pop(on)]
        now = waiting if last else waiting[: len(waiting) // 2]
        self._coming[today] = waiting[len(now) :]
        for one in now:
            self.outside.pays(self.simulated.members[one.customer_id].clabe, one.cents)
        if self.faults.probability and self.outside.desk.book.notices and self.faults.dice.random() < 0.1:
            await self.outside.forge(self.outside.desk.book.notices[0].body)
        await self.outside.deliver()

    def _decided(self, today: date) -> list[Transfer]:
        """Who heard of a debt makes up his mind."""
        with company_scope(self.company_id):
            rows = Receivable.objects.filter(pk__gt=self._heard_of).order_by("pk")
            fresh = list(rows.values_list("pk", "customer_id", "total", "due_on"))
        found: list[Transfer] = []
        for pk, customer_id, total, due in fresh:
            self._heard_of = pk
            member = self.simulated.members.get(customer_id)
            if member is not None:
                found += transfers_for(
                    customer_id=customer_id,
                    habit=member.habit,
                    cents=int(total * 100),
                    due=due,
                    today=today,
                    dice=self.faults.dice,
                )
        return found

    def _office(self) -> bool:
        """Whoever works there does what the page of a lost answer says: he looks for the document at the PAC, and has it
        sealed anew if it is not there (C9). Whether he did anything."""
        now = self.clock()
        with company_scope(self.company_id):
            lost = [one for one in Invoice.objects.filter(state=State.UNKNOWN) if may_seal_anew(one, now=now)]
            keys = Sealing.objects.filter(invoice__in=lost).values_list("invoice_id", "key")
            there = {pk for pk, key in keys if self.outside.store.by_customid(key) is not None}
            gone = [one.pk for one in lost if one.pk not in there]
            for pk in gone:
                seal_anew(invoice_id=pk, now=now)
        return bool(gone)

    # ------------------------------------------------------------ the worker

    async def worker_turns(self) -> None:
        await self.beats()
        if self.faults.two_planners():
            await self.beats()
        for turn in range(TURNS):
            self.clock.now += APART * min(turn, 1)
            await self.pump()

    async def beats(self) -> None:
        for name, act in OF_A_DAY.items():
            beat = partial(step(in_each_company), act, now=self.clock(), beat=name, among=[self.company_id])
            await self._alive(beat)

    async def pump(self) -> None:
        """Keep what is due until nothing is: one at a time, so that the same seed does the same."""
        for _ in range(200):
            due = await step(self._due)()
            if not due:
                return
            for promise_id in due:
                await self._alive(partial(self._keep, promise_id))
        raise AssertionError("the worker never settles: some promise is due again and again")

    def _due(self) -> list[int]:
        with company_scope(self.company_id), connection.cursor() as c:
            c.execute(DUE, [self.clock()])
            return [promise_id for (promise_id,) in c.fetchall()]

    def _keep(self, promise_id: int) -> Awaitable[None]:
        return keep(
            company_id=self.company_id,
            promise_id=promise_id,
            worker=self._worker,
            handlers=self._handlers,
            clock=self.clock,
        )

    async def _alive(self, work: Callable[[], Awaitable[None]]) -> None:
        """A process that dies is started again by `amate serve`, and takes the leases of the dead one."""
        self.faults.armed = self.faults.probability > 0
        try:
            await work()
        except Crash:
            self.faults.armed = False
            self._worker += 1
            await step(rescue)(dead_after=timedelta())
        finally:
            self.faults.armed = False


@contextmanager
def quietly() -> Iterator[None]:
    """What goes wrong by design is no news in the log."""
    loggers = [logging.getLogger(name) for name in ("amate", "django.request", "httpx")]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for one, level in zip(loggers, levels, strict=True):
            one.setLevel(level)
