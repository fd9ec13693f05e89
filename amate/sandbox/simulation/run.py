"""A run: a scratch company lives so many months under faults, and every day is judged."""

import asyncio
import random
import time as clocks
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.db import connections

from amate.billing_cycle.collection.models import Notice
from amate.billing_cycle.service.models import CutDecision
from amate.invoices.models import Invoice
from amate.ledger.models import Payment, PaymentKind, Receivable
from amate.promises.step import close_lines, step
from amate.sandbox.companies import Shop
from amate.sandbox.mint import World
from amate.sandbox.pac.state import Store
from amate.sandbox.payments.telling import Manner
from amate.sandbox.simulation.checks import Checks
from amate.sandbox.simulation.company import USUAL, Pace, found_simulated
from amate.sandbox.simulation.day import Life
from amate.sandbox.simulation.faults import Faults, dying_at_commits
from amate.sandbox.simulation.outside import Clock, Outside
from amate.sandbox.switch.board import Moods

STARTS = date(2026, 1, 5)
QUIET_DAYS = 5  # at the end: nothing goes wrong any more, and everything must come right
MOST_TOLD = 20
SMALL = 300  # customers: of more, all is judged every seventh day only


@dataclass(slots=True)
class Ran:
    """What `amate simulate --json` prints. `violations`: every check by name, with what it found."""

    customers: int
    days: int
    seed: int
    invoices: int = 0
    stamped: int = 0
    payments: int = 0
    notices: int = 0
    cuts: int = 0
    crashes: int = 0
    notices_lost: int = 0
    outage_days: int = 0
    violations: dict[str, int] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)  # the first that were found, by check and id
    paid_but_suspended: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def broken(self) -> dict[str, int]:
        return {name: count for name, count in self.violations.items() if count}


def simulate(
    *, minted: World, shop: Shop, customers: int, days: int, seed: int, probability: float, starts: date = STARTS,
    pace: Pace = USUAL,
) -> Ran:  # fmt: skip
    """Live `days` and QUIET_DAYS more. Opens its scopes itself, in the database that the settings name: a scratch one."""
    began, spent = clocks.perf_counter(), clocks.process_time()
    random.seed(seed)  # the jitter of retries
    life = found_life(
        minted=minted, shop=shop, customers=customers, seed=seed, probability=probability, starts=starts, pace=pace
    )
    checks = Checks(life)
    ran = Ran(customers=customers, days=days + QUIET_DAYS, seed=seed)
    try:
        asyncio.run(_live(life, checks, starts=starts, days=days))
    finally:
        close_lines()
        connections.close_all()
    _count(life, ran)
    ran.crashes, ran.notices_lost = life.faults.crashes, life.faults.notices_lost
    ran.outage_days = life.faults.outage_days
    ran.violations, ran.paid_but_suspended = checks.as_json(), checks.paid_but_suspended
    ran.found = sorted(f"{name} {one}" for name, one in checks.known)[:MOST_TOLD]
    ran.seconds = round(clocks.perf_counter() - began, 1)
    ran.cpu_seconds = round(clocks.process_time() - spent, 1)
    return ran


def found_life(
    *, minted: World, shop: Shop, customers: int, seed: int, probability: float, starts: date,
    pace: Pace = USUAL, store: Store | None = None, sandbox: bool = False,
) -> Life:  # fmt: skip
    faults = Faults(seed=seed, probability=probability)
    clock = Clock(datetime(starts.year, starts.month, starts.day, 12, tzinfo=UTC))
    outside = Outside(minted=minted, faults=faults, clock=clock, seed=seed, store=store)
    simulated = found_simulated(
        shop=shop,
        outside=outside,
        customers=customers,
        starts=starts,
        dice=random.Random(seed),  # noqa: S311 a play
        now=clock.now,
        pace=pace,
        sandbox=sandbox,
    )
    return Life(simulated=simulated, outside=outside, faults=faults)


async def _live(life: Life, checks: Checks, *, starts: date, days: int) -> None:
    with dying_at_commits(life.faults):
        for number in range(days):
            await _day(life, checks, starts + timedelta(days=number), whole=len(life.simulated.members) <= SMALL)
        make_quiet(life)
        for number in range(days, days + QUIET_DAYS):
            await _day(life, checks, starts + timedelta(days=number), whole=True)
        await step(checks.of_the_end)()
        before = await step(checks.fingerprint)()
        await _again(life)
        after = await step(checks.fingerprint)()
        checks.note(
            "I19_replay_changes_nothing", [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
        )


async def _day(life: Life, checks: Checks, today: date, *, whole: bool) -> None:
    await life.day(today, after_each=step(checks.of_the_cuts))
    if whole or life.days % 7 == 0:
        await step(checks.of_the_day)(today)


def make_quiet(life: Life) -> None:
    faults, outside = life.faults, life.outside
    faults.probability, faults.away = 0.0, {}
    outside.desk.teller.manner, outside.board.moods = Manner(), Moods()


async def _again(life: Life) -> None:
    """Every notice is told again, and every beat is done again at the same hour."""
    outside = life.outside
    for event in outside.desk.book.events:
        outside.desk.teller._schedule(event, Manner())
    await outside.deliver()
    await life.beats()
    await life.pump()


def _count(life: Life, ran: Ran) -> None:
    def look() -> None:
        ran.invoices = Receivable.objects.count()
        ran.stamped = Invoice.objects.filter(state="stamped").count()
        ran.payments = Payment.objects.filter(kind=PaymentKind.MONEY).count()
        ran.notices = Notice.objects.count()
        ran.cuts = CutDecision.objects.count()

    life.within(look)
