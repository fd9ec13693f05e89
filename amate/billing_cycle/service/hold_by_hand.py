"""A person suspends one service, for what is not a debt."""

from datetime import date, datetime

from amate.billing_cycle.service.hold import CannotHold, hold_service
from amate.billing_cycle.service.models import Reason, Service
from amate.ledger.lock import lock_customers

# Nonpayment is cut by its rule alone, and a pause is asked of the subscription.
BY_HAND = (Reason.ADMIN, Reason.ABUSE)


def hold_by_hand(*, service_id: int, reason: Reason, note: str, by: str, today: date, now: datetime) -> bool:
    """False: it is held for that already. Raises CannotHold, Service.DoesNotExist."""
    if reason not in BY_HAND:
        raise CannotHold("Por falta de pago solo suspende la regla, y una pausa se pide en la suscripción.")
    if not note.strip():
        raise CannotHold("Escribe por qué: lo verá quien atienda al cliente.")
    service = Service.objects.live().get(pk=service_id)
    lock_customers([service.customer_id])
    return hold_service(service=service, reason=reason, decision=None, by=by, note=note.strip(), today=today, now=now)
