"""Something beside the periods: charged once, given back once, or with every period for a while."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from amate.audit.record import record
from amate.billing_cycle.subscriptions.agreed import locked_agreement
from amate.billing_cycle.subscriptions.look_again import look_again
from amate.billing_cycle.subscriptions.models import AddOn, OneOff, Subscription, SubscriptionState
from amate.billing_cycle.subscriptions.words import UnknownWord, check
from amate.companies.fields import FieldsRefused
from amate.tenancy.writes import insert, insert_unless_there


class ExtraRefused(FieldsRefused):
    """`errors`: a sentence for each wrong field. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Extra:
    """`key`: of what brings it; the same cause is charged once. `amount` in whole cents, with the taxes of the plan in it or
    not as the plan's price is. `service`: its days [start, end)."""

    key: str
    concept: str
    amount: Decimal
    on: date
    is_credit: bool = False
    clave_prod_serv: str = ""
    clave_unidad: str = ""
    service: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Monthly:
    """With every period that begins in [from_on, to_on). A discount says `percent` or `amount`, anything else an amount."""

    concept: str
    from_on: date
    to_on: date | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    is_discount: bool = False
    quantity: Decimal = Decimal(1)
    clave_prod_serv: str = ""
    clave_unidad: str = ""


def charge_once(*, subscription_id: int, extra: Extra, today: date, now: datetime) -> OneOff:
    """Charged with the next run from its day on, or, a credit, taken off what comes next. The same key again is the one
    that is there. Raises ExtraRefused."""
    one = _active(subscription_id)
    if extra.amount <= 0 or extra.amount != extra.amount.quantize(Decimal("0.01")):
        raise ExtraRefused({"amount": "Escribe un importe mayor que cero, con dos decimales a lo más"})
    if not extra.concept.strip():
        raise ExtraRefused({"concept": "Escribe qué se cobra"})
    start, end = extra.service or (None, None)
    row = OneOff(
        key=extra.key,
        subscription=one,
        is_credit=extra.is_credit,
        concept=extra.concept,
        amount=extra.amount,
        clave_prod_serv=extra.clave_prod_serv,
        clave_unidad=extra.clave_unidad,
        on=extra.on,
        starts_on=start,
        ends_on=end,
        made_at=now,
    )
    if not insert_unless_there(row):
        known: OneOff = OneOff.objects.get(key=extra.key)
        return known
    record(
        "subscription.credited" if extra.is_credit else "subscription.extra",
        about=f"subscription:{one.pk}",
        now=now,
        amount=str(extra.amount),
        concept=extra.concept,
    )
    look_again(one, today=today, now=now)
    return row


def add_on(*, subscription_id: int, monthly: Monthly, now: datetime) -> AddOn:
    """From its day on, until its end by itself. Raises ExtraRefused."""
    one = _active(subscription_id)
    errors: dict[str, str] = {}
    if (monthly.amount is None) == (monthly.percent is None) or (
        monthly.percent is not None and not monthly.is_discount
    ):
        errors["amount"] = "Escribe un importe; un descuento puede decir un porcentaje en su lugar"
    if (monthly.amount or monthly.percent or 0) <= 0 or (monthly.percent or 0) > 100:
        errors["amount"] = "Escribe una cantidad mayor que cero; de un porcentaje, hasta 100"
    if monthly.to_on is not None and monthly.to_on <= monthly.from_on:
        errors["to_on"] = "Tiene que terminar después de empezar"
    try:
        check(monthly.concept)
    except UnknownWord as wrong:
        errors["concept"] = str(wrong)
    if errors:
        raise ExtraRefused(errors)
    row = AddOn(
        subscription=one,
        concept=monthly.concept,
        is_discount=monthly.is_discount,
        percent=monthly.percent,
        amount=monthly.amount,
        quantity=monthly.quantity,
        clave_prod_serv=monthly.clave_prod_serv,
        clave_unidad=monthly.clave_unidad,
        from_on=monthly.from_on,
        to_on=monthly.to_on,
        made_at=now,
    )
    insert(row)
    record("subscription.add_on", about=f"subscription:{one.pk}", now=now, add_on=row.pk, concept=monthly.concept)
    return row


def _active(subscription_id: int) -> Subscription:
    one = locked_agreement(subscription_id).subscription
    if one.state != SubscriptionState.ACTIVE:
        raise ExtraRefused({"subscription": "Esta suscripción ya terminó: empieza otra, o cobra aparte"})
    return one
