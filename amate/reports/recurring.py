"""What the subscriptions of a day bring in a month (MRR), without taxes: by plan, and how it moved from month to month.

A period's price is taken to a month by its length: a week 52/12, half a month 2, a year 1/12 (CYCLE 7). Paused without charge
is zero. Discounts and extras count while they are in force.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.db.models import Q

from amate.billing_cycle.subscriptions.agreed import Agreed, Tariff, agreed_with, tariff_of
from amate.billing_cycle.subscriptions.calendar import Unit
from amate.billing_cycle.subscriptions.models import AddOn, PauseKind, Plan, Subscription, SubscriptionState, Term
from amate.billing_cycle.subscriptions.orders import discount_of
from amate.billing_cycle.subscriptions.prices import NoPrice, Price, amounts_of, gross, price_on, priced_line
from amate.companies.day import day_of
from amate.fiscal.money import q2

ZERO = Decimal("0.00")
ONE = Decimal(1)
AT_ONCE = 1000
# How many of each are in a month; days of the mean year of the calendar.
A_MONTH: Mapping[Unit, Decimal] = {
    Unit.DAY: Decimal("365.2425") / 12,
    Unit.WEEK: Decimal(52) / 12,
    Unit.SEMIMONTH: Decimal(2),
    Unit.MONTH: ONE,
    Unit.YEAR: ONE / 12,
}


@dataclass(frozen=True, slots=True)
class RecurringRow:
    """`monthly`: of all its subscriptions together."""

    plan: str
    subscriptions: int
    monthly: Decimal

    @property
    def mean(self) -> Decimal:
        return q2(self.monthly / self.subscriptions)


@dataclass(frozen=True, slots=True)
class MovedRow:
    """One month, or what of it has been. `opening` + the moves = `closing`; what is lost is below zero."""

    month: date
    opening: Decimal
    fresh: Decimal
    back: Decimal
    more: Decimal
    less: Decimal
    lost: Decimal
    closing: Decimal


def recurring_by_plan(*, as_of: date, moneda: str = "MXN") -> list[RecurringRow]:
    """The largest first."""
    counts: dict[int, int] = defaultdict(int)
    sums: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for agreed, tariff in _all(moneda):
        term = _term_on(agreed, as_of)
        monthly = monthly_on(agreed, tariff, as_of)
        if term is not None and monthly:
            counts[term.plan_id] += 1
            sums[term.plan_id] += monthly
    names = dict(Plan.objects.filter(pk__in=list(counts)).values_list("pk", "nombre"))
    rows = [RecurringRow(names[pk], count, sums[pk]) for pk, count in counts.items()]
    return sorted(rows, key=lambda row: (-row.monthly, row.plan))


def recurring_moves(*, first: date, last: date, moneda: str = "MXN") -> list[MovedRow]:
    """Of each month that ends, or is cut, between the two days; none while there was nothing."""
    ends = ends_of_months(first, last)
    starts = [_last_before(ends[0].replace(day=1)), *ends[:-1]]
    sums: list[dict[str, Decimal]] = [defaultdict(lambda: ZERO) for _ in ends]
    for agreed, tariff in _all(moneda):
        values = [monthly_on(agreed, tariff, day) for day in (starts[0], *ends)]
        for place, (was, now) in enumerate(pairwise(values)):
            sums[place]["opening"] += was
            sums[place]["closing"] += now
            if kind := _kind(was, now, begins=agreed.subscription.starts_on > starts[place]):
                sums[place][kind] += now - was
    names = ("opening", "fresh", "back", "more", "less", "lost", "closing")
    rows = [
        MovedRow(day.replace(day=1), *(found[name] for name in names)) for day, found in zip(ends, sums, strict=True)
    ]
    while rows and not rows[0].opening and not rows[0].closing and not rows[0].fresh:
        rows.pop(0)
    return rows


def monthly_on(agreed: Agreed, tariff: Tariff, day: date) -> Decimal:
    """What one subscription brings a month as it stood on that day, without taxes, in whole cents."""
    term = _term_on(agreed, day)
    if term is None or not _is_served(agreed, day):
        return ZERO
    plan, rfc = tariff.plans[term.plan_id], agreed.subscription.customer.rfc
    prices = tariff.prices.get(plan.pk, [])
    try:
        price = price_on(prices, day, own=term.price, rfc=rfc, plan=plan.nombre)
    except NoPrice:
        return ZERO
    whole = gross(price, term.quantity)
    extras = sum((_of_extra(one, price) for one in agreed.add_ons if _counts(one, day)), ZERO)
    amount = whole - discount_of(agreed.add_ons, whole, day=day) + extras
    if amount <= 0:
        return ZERO
    line = priced_line(price, quantity=ONE, amount=amount, discount=ZERO, objeto_imp=plan.objeto_imp)
    taxed = amounts_of(line, plan.moneda)
    base = taxed.total - taxed.iva - taxed.ieps + taxed.withheld
    return q2(base * A_MONTH[Unit(term.unit)] / term.every)


def _kind(was: Decimal, now: Decimal, *, begins: bool) -> str:
    """
    >>> [_kind(Decimal(a), Decimal(b), begins=c) for a, b, c in ((0, 5, True), (0, 5, False), (5, 7, False), (5, 0, False))]
    ['fresh', 'back', 'more', 'lost']
    """
    if was == now:
        return ""
    if not was:
        return "fresh" if begins else "back"
    if not now:
        return "lost"
    return "more" if now > was else "less"


def _all(moneda: str) -> Iterator[tuple[Agreed, Tariff]]:
    """Every subscription that ever began, so many at once."""
    rows = Subscription.objects.exclude(state=SubscriptionState.DRAFT).select_related("customer")
    rows = rows.exclude(Q(state=SubscriptionState.CANCELLED) & Q(ends_on__isnull=True))
    after = 0
    while some := list(rows.filter(pk__gt=after).order_by("pk")[:AT_ONCE]):
        after = some[-1].pk
        agreed = agreed_with(some)
        tariff = tariff_of(agreed)
        yield from ((one, tariff) for one in agreed if tariff.plans[one.terms[-1].plan_id].moneda == moneda)


def _term_on(agreed: Agreed, day: date) -> Term | None:
    return next((one for one in agreed.terms if one.from_on <= day and (one.to_on is None or day < one.to_on)), None)


def _is_served(agreed: Agreed, day: date) -> bool:
    one = agreed.subscription
    ends_on = one.ends_on
    if ends_on is None and one.state == SubscriptionState.ENDED:
        ends_on = day_of(one.state_since)
    if day < one.starts_on or (ends_on is not None and day >= ends_on):
        return False
    paused = (p for p in agreed.pauses if p.kind == PauseKind.PAUSE and not p.charges)
    return not any(p.from_on <= day and (p.to_on is None or day < p.to_on) for p in paused)


def _counts(one: AddOn, day: date) -> bool:
    return not one.is_discount and one.from_on <= day and (one.to_on is None or day < one.to_on)


def _of_extra(one: AddOn, price: Price) -> Decimal:
    return gross(Price(one.amount or ZERO, price.includes_tax, price.taxes), one.quantity)


def ends_of_months(first: date, last: date) -> list[date]:
    """
    >>> [str(day) for day in ends_of_months(date(2026, 1, 20), date(2026, 3, 5))]
    ['2026-01-31', '2026-02-28', '2026-03-05']
    """
    found, day = [], first
    while True:
        end = day.replace(day=monthrange(day.year, day.month)[1])
        found.append(min(end, last))
        if end >= last:
            return found
        day = date.fromordinal(end.toordinal() + 1)


def _last_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
