"""Promises about statements of account: a batch in one transaction, one by one if one of them spoils it."""

import logging
from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import InterfaceError, OperationalError

from amate.billing_cycle.statements.compose import MXN, compose_statements
from amate.billing_cycle.statements.plan import mails_from, plan_statements
from amate.billing_cycle.statements.send import promise_statements
from amate.billing_cycle.statements.send_link import owe_links
from amate.companies.day import day_of
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.ledger.lock import lock_customers
from amate.promises.lease import Lease, LeaseLost, TryLater, hold_fast, settle_here
from amate.promises.step import step
from amate.tenancy.scope import company_scope
from amate.worker.inside import inside
from amate.worker.plugs import Plugs

logger = logging.getLogger(__name__)


def plan(now: datetime) -> None:
    """In a company's scope: its days that have ended."""
    plan_statements(today=day_of(now), now=now)


async def make(plugs: Plugs, lease: Lease) -> bool:
    """Done again from the start it changes nothing: a cut-off is told once. Who could not be told is tried again with the
    promise, and the others have theirs."""
    try:
        await step(_at_once)(plugs, lease)
    except (OperationalError, InterfaceError, LeaseLost):
        raise
    except Exception:
        logger.exception("statements one by one", extra={"company": lease.company_id, "promise": lease.promise_id})
        await step(_one_by_one)(plugs, lease)
    return True


async def find_accounts(plugs: Plugs, lease: Lease) -> bool:
    await inside(lease, owe_links, settles=plugs.clock)(
        correo=lease.args["correo"], asked=lease.args["asked"], now=plugs.clock()
    )
    return True


def _at_once(plugs: Plugs, lease: Lease) -> None:
    now = plugs.clock()
    with company_scope(lease.company_id):
        _make(_remaining(lease.args["customer_ids"]), lease, now=now)
        settle_here(lease, now=now)


def _one_by_one(plugs: Plugs, lease: Lease) -> None:
    with company_scope(lease.company_id):
        ids = _remaining(lease.args["customer_ids"])
    faults = []
    for pk in ids:
        try:
            with company_scope(lease.company_id):
                _make([pk], lease, now=plugs.clock())
        except (OperationalError, InterfaceError, LeaseLost):
            raise
        except Exception as fault:
            logger.exception("no statement", extra={"company": lease.company_id, "customer": pk})
            faults.append(f"cliente {pk}: {type(fault).__name__}")
    if faults:
        raise TryLater(f"No se pudo hacer el estado de cuenta de {len(faults)}: {', '.join(faults[:5])}")
    with company_scope(lease.company_id):
        settle_here(lease, now=plugs.clock())


def _make(ids: Collection[int], lease: Lease, *, now: datetime) -> None:
    """The customers before the promise, as whoever bills (C6)."""
    lock_customers(ids)
    hold_fast(lease)
    cut = date.fromisoformat(lease.args["fecha_corte"])
    moneda = lease.args.get("moneda", MXN)  # without it: owed by the version before
    made = compose_statements(customer_ids=ids, fecha_corte=cut, moneda=moneda, today=day_of(now), now=now)
    promise_statements(made, at=mails_from(now=now), now=now)


def _remaining(ids: Iterable[int]) -> list[int]:
    return sorted({find_remaining(one).pk for one in Customer.objects.filter(pk__in=list(ids))})
