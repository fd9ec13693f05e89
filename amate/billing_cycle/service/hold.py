"""A service is held back for one reason. What the other side must do follows in the same transaction."""

from datetime import date, datetime

from amate.audit.record import record
from amate.billing_cycle.service.models import CutDecision, Desired, Hold, Reason, Service
from amate.billing_cycle.service.want import want
from amate.billing_cycle.subscriptions.pause import hold_days
from amate.tenancy.writes import insert_unless_there

# Of these the subscription itself says which days are charged.
NO_DAYS = (Reason.PAUSE, Reason.ENDED)


class CannotHold(Exception):
    """This hold is not for this act; nothing was written. The message (Spanish) says why."""


def hold_service(
    *,
    service: Service,
    reason: Reason,
    decision: CutDecision | None,
    by: str,
    note: str,
    today: date,
    now: datetime,
    slower_until: date | None = None,
) -> bool:
    """Open a hold; False if one of that reason is open already. `slower_until`: it asks for a slower service only, which
    may be cut from that day on (`collection/cut_deeper.py`). The customer is locked by the caller.

    Raises CannotHold for nonpayment without a decision of this very customer: only `collection/suspend.py` writes those.
    """
    if (reason == Reason.NONPAYMENT) != (decision is not None):
        raise CannotHold("Un corte por falta de pago nace de una decisión escrita, y ningún otro la lleva.")
    if decision is not None and decision.customer_id != service.customer_id:
        raise CannotHold("Esa decisión es de otro cliente.")
    hold = Hold(
        service=service,
        reason=reason,
        note=note,
        decision=decision,
        opened_on=today,
        opened_at=now,
        opened_by=by,
        slower_until=slower_until,
    )
    if not insert_unless_there(hold):
        return False
    record("service.held", about=f"service:{service.pk}", now=now, reason=reason.value, hold=hold.pk)
    cut = want(service, now=now) == Desired.SUSPENDED
    if cut and service.subscription_id is not None and reason not in NO_DAYS:
        hold_days(subscription_id=service.subscription_id, on=today, reason=reason.label, now=now)
    return True
