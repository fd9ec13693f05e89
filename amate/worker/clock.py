"""Everything periodic, on one page. Each beat is harmless when doubled: two workers may run it at once."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError

from amate.access.limit import forget_old_buckets
from amate.alerts.watch import companies_to_watch, watch_dates, watch_differences, watch_pacs, watch_seal, watch_work
from amate.audit.chain import chain, unchained_companies
from amate.billing_cycle.reconciliation.unproved import forget_unproved
from amate.catalogs.in_force import refresh
from amate.companies.models import Csd
from amate.desk.due_dates import due_dates
from amate.desk.keep_draft import forget_old_drafts
from amate.desk.make_file import forget_old_files as forget_made_files
from amate.hooks.tell_hooks import forget_events
from amate.intake.forget import forget_old_files
from amate.invoices.carry_cancellations import carry_cancellations
from amate.invoices.figures import keep_answers
from amate.promises.kinds import BATCH
from amate.promises.promise import promise
from amate.promises.step import step
from amate.promises.sweep import rescue, sweep
from amate.running.pacs_heard import pacs_heard
from amate.self_invoicing.claim_awaited import look_after_awaited
from amate.self_invoicing.my_purchases import forget_purchases_links
from amate.self_invoicing.remind_expiry import owe_reminders
from amate.self_invoicing.tallies import fold_tallies
from amate.self_invoicing.visits import forget_stale_visits
from amate.tenancy.scope import company_scope
from amate.worker.ask_sat import promise_questions
from amate.worker.each_company import in_each_company
from amate.worker.hooks import hooks
from amate.worker.inspect import inspect
from amate.worker.of_a_day import OF_A_DAY
from amate.worker.sandbox_days import go_on

logger = logging.getLogger(__name__)


async def beat(*, clock: Callable[[], datetime], dead_after: timedelta) -> None:
    """Run until cancelled. A fault of one beat is logged and the next beat comes; a lost database ends the worker."""
    every = [
        (dead_after / 3, "rescue", lambda now: rescue(dead_after=dead_after)),
        (timedelta(seconds=5), "sweep", lambda now: sweep(now=now)),
        (timedelta(seconds=10), "figures", lambda now: keep_answers()),
        (timedelta(seconds=15), "alerts", _alerts),
        (timedelta(minutes=1), "chain", _chain),
        (timedelta(seconds=5), "hooks", hooks),
        (timedelta(minutes=1), "catalogs", lambda now: refresh()),
        (timedelta(seconds=2), "sandbox_days", go_on),
        (timedelta(minutes=1), "awaited", _awaited),
        (timedelta(minutes=5), "billing", _of_the_day("billing")),
        (timedelta(minutes=5), "globals", _of_the_day("globals")),
        (timedelta(minutes=15), "pacs", _pacs),
        (timedelta(hours=1), "cancellations", _cancellations),
        (timedelta(minutes=15), "statements", _of_the_day("statements")),
        (timedelta(minutes=10), "money", _of_the_day("money")),
        (timedelta(minutes=5), "services", _of_the_day("services")),
        (timedelta(minutes=5), "collection", _of_the_day("collection")),
        (timedelta(hours=1), "observe", _of_the_day("observe")),
        (timedelta(hours=1), "seals", _seals),
        (timedelta(hours=1), "dates", _dates),
        (timedelta(hours=1), "forget", _forget),
        (timedelta(minutes=15), "sat", lambda now: promise_questions(now=now)),
        (timedelta(minutes=15), "inspect", lambda now: inspect(now=now)),
    ]
    await asyncio.gather(*(_repeat(name, pause, act, clock) for pause, name, act in every))


async def _repeat(
    name: str, pause: timedelta, act: Callable[[datetime], object], clock: Callable[[], datetime]
) -> None:
    while True:
        try:
            await step(act)(clock())
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # one bad beat must not silence the clock
            logger.exception("beat failed", extra={"beat": name})
        await asyncio.sleep(pause.total_seconds())


def _alerts(now: datetime) -> None:
    in_each_company(lambda then: watch_work(now=then), now=now, beat="alerts", among=companies_to_watch())


def _seals(now: datetime) -> None:
    """Days are what matters, but a worker that starts each evening must not miss the hour."""
    in_each_company(lambda then: watch_seal(now=then), now=now, beat="seals")


def _dates(now: datetime) -> None:
    """What the law wants by a day; and what the SAT says otherwise, told again each day while it lasts."""

    def look(then: datetime) -> None:
        watch_dates([due.cause for due in due_dates(now=then)], now=then)
        watch_differences(now=then)

    in_each_company(look, now=now, beat="dates")


def _awaited(now: datetime) -> None:
    def look(then: datetime) -> None:
        look_after_awaited(now=then)
        owe_reminders(now=then)

    in_each_company(look, now=now, beat="awaited")


def _pacs(now: datetime) -> None:
    heard = pacs_heard(now=now)
    in_each_company(lambda then: watch_pacs(heard, now=then), now=now, beat="pacs")


def _of_the_day(name: str) -> Callable[[datetime], object]:
    return lambda now: in_each_company(OF_A_DAY[name], now=now, beat=name)


def _cancellations(now: datetime) -> None:
    """Those that we asked for, and those that others ask of us: the PAC tells them to whoever has a seal."""

    def carry(then: datetime) -> None:
        carry_cancellations(now=then)
        if Csd.objects.in_use().exists():
            promise("look_for_requests", key="look_for_requests", now=then, priority=BATCH)

    in_each_company(carry, now=now, beat="cancellations")


def _chain(now: datetime) -> None:
    for company_id in unchained_companies():
        more = True
        while more:  # a transaction of its own for each thousand
            with company_scope(company_id):
                more = chain(now=now) > 0


def _forget(now: datetime) -> None:
    forget_old_buckets(now=now)

    def forget(then: datetime) -> None:
        forget_stale_visits(now=then)
        forget_purchases_links(now=then)
        fold_tallies(now=then)
        forget_old_files(now=then)
        forget_made_files(now=then)
        forget_old_drafts(now=then)
        forget_unproved(now=then)
        forget_events(now=then)

    in_each_company(forget, now=now, beat="forget")
