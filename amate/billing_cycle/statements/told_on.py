"""What a customer is told of a day: the snapshot that was kept, or how it looks now."""

from datetime import date, datetime

from amate.billing_cycle.statements.compose import look_at_account
from amate.billing_cycle.statements.models import Statement
from amate.billing_cycle.statements.told import Told, told_of
from amate.customers.models import Customer


def told_on(*, customer: Customer, day: date, moneda: str, today: date, now: datetime) -> Told:
    """Keeps nothing. Raises `compose.NotYet`."""
    kept = kept_on(customer=customer, day=day, moneda=moneda)
    if kept is not None:
        return told_of(kept.facts)
    return look_at_account(customer=customer, fecha_corte=day, today=today, now=now, moneda=moneda)


def kept_on(*, customer: Customer, day: date, moneda: str) -> Statement | None:
    kept = Statement.objects.filter(number=customer.number, fecha_corte=day, moneda=moneda)
    found: Statement | None = kept.first()
    return found
