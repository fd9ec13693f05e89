"""Holds of one reason are lifted, and the services that nothing else holds are wanted again, at once."""

from datetime import date, datetime

from amate.audit.record import record
from amate.billing_cycle.service.models import Desired, Hold, Reason, Service
from amate.billing_cycle.service.want import want
from amate.billing_cycle.subscriptions.pause import lift_days


def lift_holds(
    *,
    customer_id: int,
    reason: Reason,
    by: str,
    because: str,
    today: date,
    now: datetime,
    service_id: int | None = None,
) -> list[Service]:
    """Lift every open hold of this reason of the customer (or of one service of his); answers the services that had one.

    The customer is locked by the caller, so that a payment and a cut cannot cross. Other reasons stay as they are.
    """
    holds = Hold.objects.open().filter(service__customer_id=customer_id, reason=reason).select_related("service")
    if service_id is not None:
        holds = holds.filter(service_id=service_id)
    lifted = []
    for hold in holds.order_by("id"):
        Hold.objects.filter(pk=hold.pk).update(lifted_on=today, lifted_at=now, lifted_by=by, lifted_because=because)
        record("service.lifted", about=f"service:{hold.service_id}", now=now, reason=reason.value, hold=hold.pk)
        if (
            want(hold.service, now=now) in (Desired.ACTIVE, Desired.LIMITED)
            and hold.service.subscription_id is not None
            and reason != Reason.PAUSE
        ):
            lift_days(subscription_id=hold.service.subscription_id, on=today, today=today, now=now)
        lifted.append(hold.service)
    return lifted
