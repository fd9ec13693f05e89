"""Everything periodic, on one page. Each beat is harmless when doubled: two workers may run it at once."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError

from amate.access.limit import forget_old_buckets
from amate.alerts.watch import companies_to_watch, watch_seal, watch_work
from amate.audit.chain import chain, unchained_companies
from amate.companies.models import Company
from amate.desk.keep_draft import forget_old_drafts
from amate.desk.make_file import forget_old_files as forget_made_files
from amate.intake.forget import forget_old_files
from amate.promises.keep import step
from amate.promises.sweep import rescue, sweep
from amate.self_invoicing.visits import forget_stale_visits
from amate.tenancy.scope import company_scope

logger = logging.getLogger(__name__)


async def beat(*, clock: Callable[[], datetime], dead_after: timedelta) -> None:
    """Run until cancelled. A fault of one beat is logged and the next beat comes; a lost database ends the worker."""
    every = [
        (dead_after / 3, "rescue", lambda now: rescue(dead_after=dead_after)),
        (timedelta(seconds=5), "sweep", lambda now: sweep(now=now)),
        (timedelta(seconds=15), "alerts", _alerts),
        (timedelta(minutes=1), "chain", _chain),
        (timedelta(hours=1), "seals", _seals),
        (timedelta(hours=1), "forget", _forget),
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
    for company_id in companies_to_watch():
        with company_scope(company_id):
            watch_work(now=now)


def _seals(now: datetime) -> None:
    """Days are what matters, but a worker that starts each evening must not miss the hour."""
    for company_id in Company.objects.values_list("id", flat=True):
        with company_scope(company_id):
            watch_seal(now=now)


def _chain(now: datetime) -> None:
    for company_id in unchained_companies():
        more = True
        while more:  # a transaction of its own for each thousand
            with company_scope(company_id):
                more = chain(now=now) > 0


def _forget(now: datetime) -> None:
    forget_old_buckets(now=now)
    for company_id in Company.objects.values_list("id", flat=True):
        with company_scope(company_id):
            forget_stale_visits(now=now)
            forget_old_files(now=now)
            forget_made_files(now=now)
            forget_old_drafts(now=now)
