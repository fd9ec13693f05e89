"""What was only slower is turned off, for the same decision: the hold that asked for no more gives way to a whole one."""

from datetime import date, datetime

from amate.billing_cycle.service.hold import hold_service
from amate.billing_cycle.service.models import Hold, Reason

BECAUSE = "Pasaron los días de servicio más lento."


def deepen_hold(hold: Hold, *, by: str, today: date, now: datetime) -> None:
    """The customer is locked by the caller, `collection/cut_deeper.py`, which alone decides it."""
    Hold.objects.filter(pk=hold.pk).update(lifted_on=today, lifted_at=now, lifted_by=by, lifted_because=BECAUSE)
    hold_service(
        service=hold.service,
        reason=Reason.NONPAYMENT,
        decision=hold.decision,
        by=by,
        note="",
        today=today,
        now=now,
    )
