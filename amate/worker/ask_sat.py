"""Each night the SAT is asked about a few documents of each company, one after the other and in no hurry."""

import asyncio
import logging
import time
from datetime import datetime, timedelta

from django.utils import timezone

from amate.adapters.pac import PacUnavailable
from amate.alerts.watch import watch_differences
from amate.companies.models import Company
from amate.invoices.compare_with_sat import prepare_comparison, record_comparison, tonight
from amate.promises.kinds import BATCH
from amate.promises.lease import Lease
from amate.promises.models import Promise
from amate.promises.promise import promise
from amate.tenancy.scope import company_scope
from amate.worker.inside import inside
from amate.worker.inspect import is_due
from amate.worker.plugs import Plugs

logger = logging.getLogger(__name__)

PAUSE = 1.0  # seconds between two questions of one company
LONGEST = 300.0  # of one night: well inside the lease of a promise
# Companies begin apart, over two hours: the SAT's service is everybody's.
SPREAD = 7200
APART = 97


def promise_questions(*, now: datetime) -> None:
    """Once a night of central Mexico; a machine that is off at night asks when it is on."""
    for company_id, since in Company.objects.order_by("id").values_list("id", "created_at"):
        with company_scope(company_id):
            last = Promise.objects.filter(kind="ask_sat").order_by("-id").values_list("asked_at", flat=True).first()
            if is_due(last, since=since, now=now):
                at = now + timedelta(seconds=company_id * APART % SPREAD)
                promise("ask_sat", key="ask_sat", now=now, priority=BATCH, at=at)


async def ask_sat(plugs: Plugs, lease: Lease) -> bool:
    """A SAT that does not answer is left alone until the next night: nobody waits for this."""
    ids = await inside(lease, _tonight)(now=plugs.clock())
    began = time.monotonic()
    for place, invoice_id in enumerate(ids):
        if time.monotonic() - began > LONGEST:
            break
        query = await inside(lease, prepare_comparison)(invoice_id=invoice_id)
        if query is None:
            continue
        if place:
            await asyncio.sleep(PAUSE)
        try:
            standing = await plugs.sat.ask(query)
        except PacUnavailable as away:
            logger.info("the SAT was not asked further tonight: %s", away)
            break
        await inside(lease, record_comparison, fenced=True)(invoice_id=invoice_id, standing=standing, now=plugs.clock())
    await inside(lease, watch_differences, settles=plugs.clock)(now=plugs.clock())
    return True


def _tonight(*, now: datetime) -> list[int]:
    return tonight(today=now.astimezone(timezone.get_default_timezone()).date(), now=now)
