"""What a pause costs once a period is billed: its days on what comes next, and charged again if it ends before."""

from datetime import date, datetime
from decimal import Decimal

from amate.billing_cycle.subscriptions.agreed import Agreed, tariff_of
from amate.billing_cycle.subscriptions.calendar import boundary
from amate.billing_cycle.subscriptions.due import Away, away_days
from amate.billing_cycle.subscriptions.models import OneOff, Pause, PauseKind, Period, PeriodState
from amate.billing_cycle.subscriptions.orders import discount_of
from amate.billing_cycle.subscriptions.prices import gross, price_on
from amate.billing_cycle.subscriptions.proration import prorate
from amate.ledger.models import Charge
from amate.tenancy.writes import insert_unless_there

ZERO = Decimal("0.00")


def credit_days(agreed: Agreed, away: Away, *, key: str, on: date, now: datetime) -> None:
    """Of what is billed already, those days, on what comes next from `on`. `key`: of what brings it; each period adds its
    number."""
    billed = Period.objects.filter(
        subscription=agreed.subscription, state=PeriodState.CHARGED, charge__service_to__gt=away.start
    )
    for one in billed.select_related("charge"):
        charge = one.charge
        if charge is None or charge.service_to is None:
            continue
        start, end = _within(away, one.starts_on, charge.service_to)
        amount = _share(one, charge, days=(end - start).days) if start < end else ZERO
        if amount:
            row = OneOff(
                key=f"{key}:{one.k}",
                subscription=agreed.subscription,
                is_credit=True,
                concept=f"{(end - start).days} días de pausa",
                amount=amount,
                on=on,
                made_at=now,
            )
            insert_unless_there(row)


def billed_past(agreed: Agreed, day: date) -> Decimal:
    """Of what is billed, with its taxes: the part for that day and those after it."""
    billed = Period.objects.filter(
        subscription=agreed.subscription, state=PeriodState.CHARGED, charge__service_to__gt=day
    )
    found = ZERO
    for one in billed.select_related("charge"):
        charge = one.charge
        if charge is not None and charge.service_to is not None:
            of = (charge.service_to - one.starts_on).days
            found += prorate(charge.total, days=min((charge.service_to - day).days, of), of=of)
    return found


def charge_back(agreed: Agreed, row: Pause, back: Away, *, now: datetime) -> None:
    """The days of a pause that ended before: of each period billed without them, or whose days were given back. Under the
    discounts it was billed with."""
    billed = Period.objects.filter(subscription=agreed.subscription, ends_on__gt=back.start)
    for one in billed.select_related("charge").order_by("k"):
        start, end = _within(back, one.starts_on, one.ends_on)
        amount = _amount_back(agreed, row, one, back, days=(end - start).days) if start < end else ZERO
        if amount > ZERO:
            term = agreed.term_of(one.k)
            insert_unless_there(
                OneOff(
                    key=f"resume:{row.pk}:{back.start}:{one.k}",
                    subscription=agreed.subscription,
                    concept=f"{term.plan.nombre}: {(end - start).days} días al reanudar",
                    amount=amount,
                    on=start,
                    starts_on=start,
                    ends_on=end,
                    made_at=now,
                )
            )


def _amount_back(agreed: Agreed, row: Pause, one: Period, back: Away, *, days: int) -> Decimal:
    if one.made_at <= row.made_at:  # billed when nobody had asked for a pause: what was given back, and no more
        return _share(one, one.charge, days=days) if one.charge is not None and row.credits else ZERO
    if one.state == PeriodState.WAIVED:
        return ZERO
    before = [Away(p.from_on, p.to_on) for p in agreed.pauses if p.kind == PauseKind.PAUSE and not p.charges]
    served = (one.ends_on - one.starts_on).days - away_days(one.starts_on, one.ends_on, [*before, back])
    return _costs(agreed, one, served + days) - _costs(agreed, one, served)


def _costs(agreed: Agreed, one: Period, days: int) -> Decimal:
    """What so many days of the period cost, as its run would have charged them."""
    term, tariff = agreed.term_of(one.k), tariff_of([agreed])
    plan, rfc = tariff.plans[term.plan_id], agreed.subscription.customer.rfc
    price = price_on(tariff.prices.get(plan.pk, []), one.starts_on, own=term.price, rfc=rfc, plan=plan.nombre)
    of = (boundary(term.grid, one.k + 1) - boundary(term.grid, one.k)).days
    amount = prorate(gross(price, term.quantity), days=days, of=of)
    return amount - discount_of(agreed.add_ons, amount, day=one.starts_on)


def _share(one: Period, charge: Charge, *, days: int) -> Decimal:
    """Of what was charged for the period, with its taxes if its price has them in it."""
    paid = charge.total + charge.withheld
    if not charge.line.get("incluye_impuestos", True):
        paid -= charge.iva + charge.ieps
    end = one.ends_on if charge.service_to is None else charge.service_to  # before a pause cut it
    return prorate(paid, days=days, of=(end - one.starts_on).days)


def _within(away: Away, start: date, end: date) -> tuple[date, date]:
    return max(away.start, start), end if away.end is None else min(away.end, end)
