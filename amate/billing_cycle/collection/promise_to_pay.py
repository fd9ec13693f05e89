"""A customer's word to pay by a day: it holds the cut until then, and gives back what was cut."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from amate.audit.record import record
from amate.billing_cycle.collection.models import PromiseToPay
from amate.billing_cycle.collection.reassess import reassess_customers
from amate.companies.billing_policy import billing_policy_on
from amate.ledger.lock import lock_customers

A_YEAR = timedelta(days=365)


class NotPromised(Exception):
    """Nothing was written. The message (Spanish) says why, and the way out."""


def promise_to_pay(
    *, customer_id: int, amount: Decimal, until: date, by: str, by_staff: bool, today: date, now: datetime
) -> PromiseToPay:
    """Take it down and look at the customer again. `by_staff`: a person of the company grants it, beyond the limits that
    bind the customer himself. Raises NotPromised."""
    lock_customers([customer_id])
    policy = billing_policy_on(today)
    if amount <= 0:
        raise NotPromised("Di cuánto vas a pagar.")
    if until < today:
        raise NotPromised("Elige hoy o un día que venga.")
    if PromiseToPay.objects.filter(customer_id=customer_id, state=PromiseToPay.State.OPEN).exists():
        raise NotPromised("Ya hay una promesa vigente: cúmplela o retírala primero.")
    if not by_staff:
        _within_limits(customer_id, until=until, today=today, days=policy.promise_days, most=policy.promises_a_year)
    made = PromiseToPay.objects.create(
        customer_id=customer_id, amount=amount, until=until, made_on=today, made_by=by, created_at=now
    )
    record("promise.made", about=f"customer:{customer_id}", now=now, amount=str(amount), until=until.isoformat())
    reassess_customers(customer_ids=[customer_id], today=today, now=now)
    return made


def _within_limits(customer_id: int, *, until: date, today: date, days: int, most: int) -> None:
    if until > today + timedelta(days=days):
        raise NotPromised(f"Puedes prometer hasta dentro de {days} días: elige un día antes, o llama a la empresa.")
    made = PromiseToPay.objects.filter(customer_id=customer_id, made_on__gt=today - A_YEAR)
    if made.exclude(state=PromiseToPay.State.WITHDRAWN).count() >= most:
        raise NotPromised(f"Ya hiciste {most} promesas en un año: llama a la empresa.")
