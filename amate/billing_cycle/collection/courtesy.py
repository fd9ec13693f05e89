"""Twenty-four hours of service for who is cut and says that he will pay: an exemption of one day, not to be had twice."""

from datetime import date, datetime, timedelta

from amate.billing_cycle.collection.exempt import NotExempted, exempt_customer
from amate.billing_cycle.collection.models import Exemption
from amate.billing_cycle.collection.rules import Standing
from amate.billing_cycle.collection.served import answer_for
from amate.ledger.lock import lock_customers

WHY = "Cortesía de 24 horas"
AGAIN_AFTER = timedelta(days=30)


class NoCourtesy(NotExempted):
    """Nothing was written. The message (Spanish) says why, and the way out."""


def give_courtesy(*, customer_id: int, note: str, by: str, beyond_limit: bool, today: date, now: datetime) -> Exemption:
    """His services come back at once and stay until the end of tomorrow; then the rules judge him again. `beyond_limit`: a
    person who may grant a second one within thirty days. Raises NoCourtesy."""
    lock_customers([customer_id])
    answer = answer_for(customer_id, today=today)
    if answer.standing not in (Standing.SUSPENDED, Standing.SUSPENDABLE):
        raise NoCourtesy("No hace falta: no está suspendido por falta de pago ni por suspenderse.")
    recent = Exemption.objects.filter(
        customer_id=customer_id, why__startswith=WHY, created_at__gt=now - AGAIN_AFTER
    ).order_by("-created_at")
    last = recent.first()
    if last is not None and not beyond_limit:
        raise NoCourtesy(
            f"Ya tuvo una cortesía en los últimos {AGAIN_AFTER.days} días ({last.by}). Toma una promesa de pago, o pide a "
            "administración que la conceda."
        )
    why = f"{WHY}: {note.strip()}" if note.strip() else WHY
    return exempt_customer(
        customer_id=customer_id, until=today + timedelta(days=1), why=why, by=by, today=today, now=now
    )
