"""A person takes back what a person suspended."""

from datetime import date, datetime

from amate.billing_cycle.service.hold import CannotHold
from amate.billing_cycle.service.hold_by_hand import BY_HAND
from amate.billing_cycle.service.lift import lift_holds
from amate.billing_cycle.service.models import Reason, Service
from amate.ledger.lock import lock_customers


def lift_by_hand(*, service_id: int, reason: Reason, because: str, by: str, today: date, now: datetime) -> bool:
    """False: it was not held for that. Raises CannotHold, Service.DoesNotExist."""
    if reason not in BY_HAND:
        raise CannotHold("Lo que se cortó por falta de pago vuelve con un pago, una promesa o una cortesía.")
    service = Service.objects.get(pk=service_id)
    lock_customers([service.customer_id])
    lifted = lift_holds(
        customer_id=service.customer_id,
        reason=reason,
        by=by,
        because=because.strip(),
        today=today,
        now=now,
        service_id=service.pk,
    )
    return bool(lifted)
