"""What a day asks of the wheel, in the order of CYCLE 5.2. Each is done in its company's scope, with `now` as the company has it,
and is harmless when doubled: the beats do it all day long, a sandbox's clock and the simulation once a step."""

from collections.abc import Callable, Mapping
from datetime import datetime

from amate.billing_cycle.reconciliation.models import ProviderAccount
from amate.billing_cycle.service.end import end_services
from amate.billing_cycle.service.observe import accounts_to_observe
from amate.billing_cycle.service.technician import owe_tasks
from amate.billing_cycle.service.want import owe_what_is_left
from amate.companies.day import day_of
from amate.promises.kinds import BATCH
from amate.promises.promise import promise
from amate.self_invoicing.close_scheduled import close_scheduled
from amate.worker import billing, collection, statements, vouchers


def _money(now: datetime) -> None:
    """Payments whose notice was lost are found by asking; and debts get the vouchers that they want."""
    vouchers.plan(now)
    for pk in ProviderAccount.objects.filter(closed_at__isnull=True).values_list("pk", flat=True):
        promise("sweep_payments", key=f"sweep:{pk}", now=now, priority=BATCH, account_id=pk)


def _observe(now: datetime) -> None:
    """Drift: somebody turned a service on or off by hand, or an order was lost after it was taken."""
    for pk in accounts_to_observe():
        promise("observe", key=f"observe:{pk}", now=now, priority=BATCH, account_id=pk)


def _globals(now: datetime) -> None:
    close_scheduled(now=now)


def _services(now: datetime) -> None:
    end_services(today=day_of(now), now=now)
    owe_what_is_left(now=now)
    owe_tasks(now=now)


OF_A_DAY: Mapping[str, Callable[[datetime], None]] = {
    "globals": _globals,
    "money": _money,
    "billing": billing.plan,
    "collection": collection.plan,
    "services": _services,
    "observe": _observe,
    "statements": statements.plan,
}
