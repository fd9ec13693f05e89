"""A customer's word to pay by a day: it holds the cut until then, and gives back what was cut."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from amate.audit.record import record
from amate.billing_cycle.collection.models import PromiseToPay
from amate.billing_cycle.collection.reassess import reassess_customers
from amate.companies.billing_policy import billing_policy_on
from amate.ledger.lock import lock_customers
from amate.ledger.rules import CENT, MOST

A_YEAR = timedelta(days=365)


class NotPromised(Exception):
    """Nothing was written. The message (Spanish) says why, and the way out."""


def promise_to_pay(
    *,
    customer_id: int,
    amount: Decimal,
    until: date,
    by: str,
    by_staff: bool,
    beyond_limit: bool,
    today: date,
    now: datetime,
) -> PromiseToPay:
    """Take it down and look at the customer again. `by_staff`: a person of the company grants it, and how many the customer
    made in a year binds nobody; `beyond_limit`: up to a year ahead, past the days of the policy. Raises NotPromised."""
    lock_customers([customer_id])
    policy = billing_policy_on(today)
    _check_amount(amount)
    if until < today:
        raise NotPromised("Elige hoy o un día que venga.")
    if PromiseToPay.objects.filter(customer_id=customer_id, state=PromiseToPay.State.OPEN).exists():
        raise NotPromised("Ya hay una promesa vigente: cúmplela o retírala primero.")
    _check_day(until, today=today, days=A_YEAR.days if beyond_limit else policy.promise_days, by_staff=by_staff)
    if not by_staff:
        _check_count(customer_id, today=today, most=policy.promises_a_year)
    made = PromiseToPay.objects.create(
        customer_id=customer_id, amount=amount, until=until, made_on=today, made_by=by, created_at=now
    )
    record("promise.made", about=f"customer:{customer_id}", now=now, amount=str(amount), until=until.isoformat())
    reassess_customers(customer_ids=[customer_id], today=today, now=now)
    return made


def _check_amount(amount: Decimal) -> None:
    if not amount.is_finite() or amount <= 0:
        raise NotPromised("Di cuánto vas a pagar.")
    if amount > MOST:  # before it is rounded: quantize raises beyond its 28 digits
        raise NotPromised("Ese importe es demasiado grande: revisa si sobra algún número.")
    if amount != amount.quantize(CENT):
        raise NotPromised("El importe lleva pesos y centavos, como 1,248.50.")


def _check_day(until: date, *, today: date, days: int, by_staff: bool) -> None:
    if (until - today).days > days:
        whom = "pídelo a quien administra la empresa" if by_staff else "llama a la empresa"
        raise NotPromised(f"Puedes prometer hasta dentro de {days} días: elige un día antes, o {whom}.")


def _check_count(customer_id: int, *, today: date, most: int) -> None:
    made = PromiseToPay.objects.filter(customer_id=customer_id, made_on__gt=today - A_YEAR)
    if made.exclude(state=PromiseToPay.State.WITHDRAWN).count() >= most:
        raise NotPromised(f"Ya hiciste {most} promesas en un año: llama a la empresa.")
