"""The promise to bill: a batch in one transaction, and one by one if one of them spoils it."""

import logging
import traceback
from collections.abc import Iterable
from datetime import datetime

from django.db import InterfaceError, OperationalError

from amate.billing_cycle.subscriptions.bill import Billed, bill_customers
from amate.billing_cycle.subscriptions.models import BillingBatch
from amate.billing_cycle.subscriptions.parking import park
from amate.billing_cycle.subscriptions.plan_run import batch_done, plan_runs
from amate.companies.day import day_of
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.ledger.lock import lock_customers
from amate.promises.lease import Lease, LeaseLost, hold_fast, settle_here
from amate.promises.step import step
from amate.tenancy.scope import company_scope
from amate.worker.plugs import Plugs

logger = logging.getLogger(__name__)


def plan(now: datetime) -> None:
    """The company's day gets its run, if it has none yet."""
    plan_runs(today=day_of(now), now=now)


async def bill(plugs: Plugs, lease: Lease) -> bool:
    """Interrupted anywhere it is done again from the start: what is billed already is found to be so."""
    try:
        await step(_at_once)(plugs, lease)
    except (OperationalError, InterfaceError, LeaseLost):
        raise
    except Exception:  # whoever it was, the others are billed: each on his own now
        logger.exception(
            "a batch is billed one by one", extra={"company": lease.company_id, "promise": lease.promise_id}
        )
        await step(_one_by_one)(plugs, lease)
    return True


def _at_once(plugs: Plugs, lease: Lease) -> None:
    now = plugs.clock()
    with company_scope(lease.company_id):
        payers, reviewed = _asked(lease)
        _hold(payers, lease)
        _close(lease, _bill(payers, reviewed, now=now), now=now)


def _one_by_one(plugs: Plugs, lease: Lease) -> None:
    billed = Billed()
    with company_scope(lease.company_id):
        payers, reviewed = _asked(lease)
    for payer_id in payers:
        now = plugs.clock()
        try:
            with company_scope(lease.company_id):
                _hold([payer_id], lease)
                billed += _bill([payer_id], reviewed, now=now)
        except (OperationalError, InterfaceError, LeaseLost):
            raise
        except Exception as fault:
            logger.exception("a customer is parked", extra={"company": lease.company_id, "customer": payer_id})
            billed.parked += 1
            with company_scope(lease.company_id):
                error = f"No se pudo cobrar, y tu equipo de soporte tiene el detalle: {type(fault).__name__}: {fault}"
                park(customer_id=payer_id, error=error, trace=traceback.format_exc(), now=now)
    with company_scope(lease.company_id):
        hold_fast(lease)
        _close(lease, billed, now=plugs.clock())


def _hold(payers: list[int], lease: Lease) -> None:
    """The customers before the promise: who changes an agreement has its payer, and then promises to bill him (C6)."""
    lock_customers(payers)
    hold_fast(lease)


def _bill(payers: list[int], reviewed: bool, *, now: datetime) -> Billed:
    return bill_customers(payer_ids=payers, reviewed=reviewed, today=day_of(now), now=now)


def _asked(lease: Lease) -> tuple[list[int], bool]:
    """Who, and whether their reviewed plans."""
    if "batch_id" not in lease.args:
        return _remaining(lease.args["payer_ids"]), False
    batch = BillingBatch.objects.select_related("run").get(pk=lease.args["batch_id"])
    return _remaining(batch.customer_ids), batch.run.reviewed


def _remaining(payer_ids: Iterable[int]) -> list[int]:
    """Whose subscriptions they are now: a merge since the plan took them to who remains."""
    return sorted({find_remaining(one).pk for one in Customer.objects.filter(pk__in=list(payer_ids))})


def _close(lease: Lease, billed: Billed, *, now: datetime) -> None:
    if "batch_id" in lease.args:
        batch_done(batch_id=lease.args["batch_id"], billed=billed, now=now)
    settle_here(lease, now=now)
