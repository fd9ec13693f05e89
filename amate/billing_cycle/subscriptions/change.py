"""Another plan, quantity, price or calendar: with the next period, or an upgrade today for the days that are left."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from amate.audit.record import record
from amate.billing_cycle.subscriptions.agreed import Agreed, Tariff, locked_agreement, tariff_of
from amate.billing_cycle.subscriptions.begin import term_of
from amate.billing_cycle.subscriptions.calendar import Grid, NoPeriod, Span, Unit, boundary, k_of, period
from amate.billing_cycle.subscriptions.charge_once import Extra, charge_once
from amate.billing_cycle.subscriptions.look_again import look_again
from amate.billing_cycle.subscriptions.models import Plan, PlannedChange, SubscriptionState, Term
from amate.billing_cycle.subscriptions.prices import NoPrice, gross, price_on
from amate.billing_cycle.subscriptions.proration import prorate
from amate.companies.fields import FieldsRefused
from amate.papers.dates import MONTHS
from amate.tenancy.writes import insert, rewrite

ZERO = Decimal("0.00")


class ChangeRefused(FieldsRefused):
    """`errors`: a sentence for each wrong field. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """None: as it is. `own_price` False takes a customer's own price away. `at_once`: today, for an upgrade only."""

    plan_id: int | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    own_price: bool = True
    at_once: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change will do. `extra`: charged now for `days` of the `of` days of the period that runs."""

    effective_on: date
    k: int
    before: Decimal
    after: Decimal
    extra: Decimal
    days: int
    of: int
    sentence: str


def preview_change(*, subscription_id: int, wanted: Wanted, today: date) -> Preview:
    """Nothing is written. Raises ChangeRefused."""
    return _preview(*_facts(subscription_id, wanted), wanted=wanted, today=today)


def change(*, subscription_id: int, wanted: Wanted, today: date, now: datetime) -> PlannedChange:
    """Write the next stretch of the agreement. A second change for the same day takes the first one's place. Raises
    ChangeRefused."""
    agreed, tariff, plan = _facts(subscription_id, wanted)
    seen = _preview(agreed, tariff, plan, wanted=wanted, today=today)
    term = _next_term(agreed, plan, wanted, seen, now=now)
    one = agreed.subscription
    kind = "plan" if wanted.plan_id else "quantity" if wanted.quantity else "price"
    told = PlannedChange(
        subscription=one,
        kind=kind,
        effective_on=seen.effective_on,
        term=term,
        said={
            "before": str(seen.before),
            "after": str(seen.after),
            "says": seen.sentence,
            "paid_k": seen.k - 1 if seen.extra else None,
        },
        why=wanted.why,
        decided_at=now,
    )
    insert(told)
    if seen.extra:
        extra = Extra(
            key=f"change:{told.pk}",
            concept=f"Diferencia por {plan.nombre}: {seen.days} de {seen.of} días",
            amount=seen.extra,
            on=today,
        )
        rewrite(told, extra_id=charge_once(subscription_id=one.pk, extra=extra, today=today, now=now).pk)
    record("subscription.changed", about=f"subscription:{one.pk}", now=now, change=told.pk, says=seen.sentence)
    look_again(one, today=today, now=now)
    return told


def _facts(subscription_id: int, wanted: Wanted) -> tuple[Agreed, Tariff, Plan]:
    agreed = locked_agreement(subscription_id)
    if agreed.subscription.state != SubscriptionState.ACTIVE:
        raise ChangeRefused({"subscription": "Esta suscripción ya terminó"})
    if (wanted.quantity is not None and wanted.quantity <= 0) or (wanted.price is not None and wanted.price <= 0):
        raise ChangeRefused({"quantity": "Escribe cantidades y precios mayores que cero"})
    tariff = tariff_of([agreed])
    if wanted.plan_id is None:
        return agreed, tariff, tariff.plans[agreed.terms[-1].plan_id]
    plan = Plan.objects.filter(pk=wanted.plan_id, is_active=True).first()
    if plan is None:
        raise ChangeRefused({"plan_id": "Elige un plan que esté a la venta"})
    if plan.moneda != tariff.plans[agreed.terms[-1].plan_id].moneda:
        raise ChangeRefused({"plan_id": "El plan se cobra en otra moneda: termina esta suscripción y empieza otra"})
    tariff.plans[plan.pk] = plan
    tariff.prices[plan.pk] = list(plan.prices.all())
    return agreed, tariff, plan


def _preview(agreed: Agreed, tariff: Tariff, plan: Plan, *, wanted: Wanted, today: date) -> Preview:
    """The next boundary that is neither past nor billed."""
    one, last = agreed.subscription, agreed.terms[-1]
    grid = last.grid
    k = max(one.next_k, k_of(grid, last.from_on))
    while boundary(grid, k) < today:
        k += 1
    effective = max(boundary(grid, k), last.from_on)
    try:
        period(grid, k, cycles=one.cycles)
    except NoPeriod as over:
        raise ChangeRefused({"subscription": "Ya no hay otro periodo en el que entre el cambio"}) from over
    after = _gross(
        agreed, tariff, plan, quantity=wanted.quantity, price=wanted.price, own=wanted.own_price, day=effective
    )
    before = _paid_now(agreed, tariff, k - 1)
    said = f"Desde el {effective.day} de {MONTHS[effective.month - 1]} de {effective.year}: ${after:,.2f} cada periodo"
    if not wanted.at_once:
        return Preview(effective, k, before, after, ZERO, 0, 0, said)
    if plan.unit != last.unit or plan.every != last.every:
        raise ChangeRefused({"plan_id": "Con otra frecuencia el cambio entra con el siguiente periodo"})
    if after <= before:
        raise ChangeRefused({"at_once": "Pagar menos entra con el siguiente periodo: lo que corre ya está cobrado"})
    running = _running(agreed.term_of(k - 1).grid, k - 1, today=today)
    days = (running.end - today).days
    extra = prorate(after - before, days=days, of=running.whole_days)
    said = f"Hoy ${extra:,.2f} por {days} de {running.whole_days} días. {said}"
    return Preview(effective, k, before, after, extra, days, running.whole_days, said)


def _running(grid: Grid, k: int, *, today: date) -> Span:
    try:
        running = period(grid, k)
    except NoPeriod as none:
        raise ChangeRefused({"at_once": "Todavía no corre ningún periodo: elige el cambio sin “hoy mismo”"}) from none
    if not running.start <= today < running.end:
        raise ChangeRefused({"at_once": "El periodo que corre ya terminó de cobrarse: elige el siguiente"})
    return running


def _gross(
    agreed: Agreed, tariff: Tariff, plan: Plan, *, quantity: Decimal | None, price: Decimal | None, own: bool, day: date
) -> Decimal:
    last = agreed.terms[-1]
    kept = last.price if own and plan.pk == last.plan_id else None
    try:
        found = price_on(
            tariff.prices.get(plan.pk, []),
            day,
            own=price if price is not None else kept,
            rfc=agreed.subscription.customer.rfc,
            plan=plan.nombre,
        )
    except NoPrice as missing:
        raise ChangeRefused({"plan_id": str(missing)}) from missing
    return gross(found, last.quantity if quantity is None else quantity)


def _paid_now(agreed: Agreed, tariff: Tariff, k: int) -> Decimal:
    """What the period that runs costs whole, upgrades of it included: two in a day add up. One that was charged counts,
    whatever took its place for the next period."""
    changes = PlannedChange.objects.filter(subscription=agreed.subscription, extra__isnull=False, said__paid_k=k)
    latest = changes.order_by("-pk").first()
    if latest is not None:
        return Decimal(latest.said["after"])
    term = agreed.term_of(k)
    plan = tariff.plans[term.plan_id]
    day = max(boundary(term.grid, k), term.from_on)
    try:
        price = price_on(
            tariff.prices.get(plan.pk, []),
            day,
            own=term.price,
            rfc=agreed.subscription.customer.rfc,
            plan=plan.nombre,
        )
    except NoPrice:
        return ZERO
    return gross(price, term.quantity)


def _next_term(agreed: Agreed, plan: Plan, wanted: Wanted, seen: Preview, *, now: datetime) -> Term:
    last = agreed.terms[-1]
    same = plan.unit == last.unit and plan.every == last.every
    if same:
        grid = last.grid
        fresh = term_of(plan, Grid(grid.anchor, grid.unit, grid.every, grid.eom, grid.days, grid.first_k), seq=0)
    else:
        fresh = term_of(plan, Grid(seen.effective_on, Unit(plan.unit), plan.every, first_k=seen.k), seq=0)
    fresh.subscription = agreed.subscription
    fresh.seq = last.seq + 1
    fresh.from_on = seen.effective_on
    fresh.quantity = last.quantity if wanted.quantity is None else wanted.quantity
    kept = last.price if wanted.own_price and plan.pk == last.plan_id else None
    fresh.price = wanted.price if wanted.price is not None else kept
    if last.from_on >= seen.effective_on:  # decided before for the same day: this one is in its place
        PlannedChange.objects.filter(term=last).update(withdrawn_at=now, term=None)
        last.delete()
    else:
        rewrite(last, to_on=seen.effective_on)
    insert(fresh)
    return fresh
