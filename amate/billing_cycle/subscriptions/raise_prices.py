"""Many prices go up on one day: seen before it is decided, told to whoever pays them, and taken back before its day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from amate.audit.record import record
from amate.billing_cycle.subscriptions.models import Period, Plan, PlanPrice, PriceRise, SubscriptionState, Term
from amate.companies.fields import FieldsRefused
from amate.fiscal.money import q2
from amate.promises.kinds import MAIL
from amate.promises.promise import promise_all
from amate.tenancy.writes import insert, insert_all, rewrite

ZERO = Decimal("0.00")


class RiseRefused(FieldsRefused):
    """`errors`: a sentence for each wrong field, of a plan "plan.7". Nothing was written."""


@dataclass(frozen=True, slots=True)
class Rise:
    """`percent` over what each plan costs then (an index is one too), or the new `amounts` by plan."""

    plan_ids: Sequence[int]
    valid_from: date
    percent: Decimal | None = None
    amounts: Mapping[int, Decimal] | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class RiseOf:
    """Of one plan: its price before and after, how many subscriptions pay it, how many units they have in all, and how
    many have a price of their own, which stays."""

    plan: Plan
    before: PlanPrice
    after: Decimal
    subscriptions: int
    units: Decimal
    with_own_price: int


def dry_run(*, rise: Rise, today: date) -> list[RiseOf]:
    """What it would do; nothing is written. Raises RiseRefused."""
    errors: dict[str, str] = {}
    if rise.valid_from <= today:
        errors["valid_from"] = "Elige un día que venga: lo que ya empezó se cobra como se acordó"
    if (rise.percent is None) == (rise.amounts is None):
        errors["percent"] = "Escribe un porcentaje, o los precios nuevos"
    elif rise.percent is not None and (rise.percent <= -100 or rise.percent == 0):
        errors["percent"] = "Escribe un porcentaje distinto de cero y mayor que −100"
    plans = {one.pk: one for one in Plan.objects.filter(pk__in=rise.plan_ids)}
    prices = list(PlanPrice.objects.filter(plan_id__in=plans).order_by("valid_from"))
    found = []
    for plan in plans.values():
        own = [one for one in prices if one.plan_id == plan.pk]
        if any(one.valid_from >= rise.valid_from for one in own):
            errors[f"plan.{plan.pk}"] = f"{plan.nombre} ya tiene un precio desde ese día o después: quítalo primero"
        elif not own:
            errors[f"plan.{plan.pk}"] = f"{plan.nombre} no tiene precio todavía"
        else:
            found.append((plan, own[-1], _after(own[-1], plan, rise)))
    if not plans:
        errors["plan_ids"] = "Elige al menos un plan"
    if errors:
        raise RiseRefused(errors)
    return [_who_pays(plan, before, after, rise.valid_from) for plan, before, after in found]


def raise_prices(*, rise: Rise, today: date, now: datetime) -> PriceRise:
    """Write the new prices; each enters with the first period that begins on its day or after. Raises RiseRefused."""
    seen = dry_run(rise=rise, today=today)
    row = PriceRise(
        valid_from=rise.valid_from,
        percent=rise.percent,
        why=rise.why[:300],
        plans=len(seen),
        subscriptions=sum(one.subscriptions for one in seen),
        before=q2(sum((one.before.amount * one.units for one in seen), ZERO)),
        after=q2(sum((one.after * one.units for one in seen), ZERO)),
        decided_at=now,
    )
    insert(row)
    insert_all(
        [
            PlanPrice(
                plan=one.plan,
                valid_from=rise.valid_from,
                amount=one.after,
                includes_tax=one.before.includes_tax,
                taxes=one.before.taxes,
                rise=row,
            )
            for one in seen
        ]
    )
    record(
        "prices.raised", about=f"price_rise:{row.pk}", now=now, day=str(rise.valid_from), plans=list(rise.plan_ids),
        before=str(row.before), after=str(row.after),
    )  # fmt: skip
    letters = {f"tell_rise:{row.pk}:{pk}": {"rise_id": row.pk, "customer_id": pk} for pk, _ in who_is_told(row)}
    promise_all(kind="tell_rise", wanted=letters, now=now, priority=MAIL)
    return row


def withdraw_rise(*, rise_id: int, today: date, now: datetime) -> None:
    """As if it had not been decided; before its day only, and before any period was billed at its prices. Raises
    RiseRefused."""
    row: PriceRise = PriceRise.locked(rise_id)
    if row.withdrawn_at is not None:
        return
    if row.valid_from <= today:
        raise RiseRefused({"valid_from": "Ese día ya llegó: decide otro cambio de precios"})
    plans = row.prices.values("plan_id")
    billed = Period.objects.filter(starts_on__gte=row.valid_from, subscription__terms__plan_id__in=plans)
    if billed.exists():
        raise RiseRefused({"valid_from": "Ya se cobraron periodos con esos precios: decide otro cambio de precios"})
    row.prices.all().delete()
    rewrite(row, withdrawn_at=now)
    record("prices.withdrawn", about=f"price_rise:{row.pk}", now=now)


def who_is_told(rise: PriceRise) -> "list[tuple[int, int]]":
    """(customer, subscription) of each whose price changes: the letter names both prices."""
    plans = rise.prices.values("plan_id")
    rows = _in_force(rise.valid_from).filter(plan_id__in=plans, price=None).order_by("subscription_id")
    return list(rows.values_list("subscription__customer_id", "subscription_id"))


def _after(before: PlanPrice, plan: Plan, rise: Rise) -> Decimal:
    if rise.amounts is not None:
        amount = rise.amounts.get(plan.pk)
        if amount is None or amount <= 0:
            raise RiseRefused({f"plan.{plan.pk}": f"Escribe el precio nuevo de {plan.nombre}"})
        return amount
    assert rise.percent is not None
    return q2(before.amount * (100 + rise.percent) / 100)


def _in_force(day: date) -> "QuerySet[Term]":
    active = Term.objects.filter(subscription__state=SubscriptionState.ACTIVE)
    found: QuerySet[Term] = active.filter(Q(to_on=None) | Q(to_on__gt=day))
    return found


def _who_pays(plan: Plan, before: PlanPrice, after: Decimal, day: date) -> RiseOf:
    told = _in_force(day).filter(plan=plan).aggregate(
        all=Count("pk", filter=Q(price=None)), own=Count("pk", filter=~Q(price=None)), units=Sum("quantity", filter=Q(price=None))
    )  # fmt: skip
    return RiseOf(plan, before, after, told["all"], told["units"] or ZERO, told["own"])
