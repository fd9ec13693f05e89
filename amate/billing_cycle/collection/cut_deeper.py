"""Who had a slower service for as long as the rules say, and still owes, is cut: a later step of the same decision."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from amate.billing_cycle.collection.reassess import ITSELF
from amate.billing_cycle.service.deepen import deepen_hold
from amate.billing_cycle.service.models import Desired, Hold, Reason, Service
from amate.companies.billing_policy import BillingPolicy
from amate.promises.kinds import MAIL
from amate.promises.promise import promise


def slower_until(service: Service, *, policy: BillingPolicy, today: date) -> date | None:
    """The first day on which a service that is made slower today may be cut; None: it is cut at once."""
    if not policy.reduced_days or not service.switch.slows:
        return None
    return today + timedelta(days=policy.reduced_days)


def slower_first(customer_id: int, *, policy: BillingPolicy, on: date) -> bool:
    """Whether a cut of that day turns none of his services off: each would only be slower."""
    rows = Service.objects.live().filter(customer_id=customer_id, desired=Desired.ACTIVE).select_related("switch")
    days = [slower_until(service, policy=policy, today=on) for service in rows]
    return bool(days) and all(days)


def slower_due(*, on: date, customer_ids: Collection[int] | None = None) -> dict[int, list[Hold]]:
    """The holds whose days of a slower service are over, of each customer."""
    rows = Hold.objects.open().filter(reason=Reason.NONPAYMENT, slower_until__lte=on)
    if customer_ids is not None:
        rows = rows.filter(service__customer_id__in=customer_ids)
    found: dict[int, list[Hold]] = defaultdict(list)
    for hold in rows.select_related("service", "decision").order_by("id"):
        found[hold.service.customer_id].append(hold)
    return found


def cut_deeper(holds: Sequence[Hold], *, today: date, now: datetime) -> None:
    """The customer is locked by the caller, `suspend.py`, which looked at everything that spares somebody."""
    for hold in holds:
        deepen_hold(hold, by=ITSELF, today=today, now=now)
    for decision_id in sorted({hold.decision_id for hold in holds if hold.decision_id is not None}):
        key = f"tell_cut:{decision_id}:deeper"
        promise("tell_cut", key=key, now=now, priority=MAIL, decision_id=decision_id, deeper=True)
