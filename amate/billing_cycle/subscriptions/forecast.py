"""What will be billed, as it stands today: the next months by their days, and the services that nothing will ever bill."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from amate.billing_cycle.subscriptions.agreed import Agreed, agreed_with, closed_around, tariff_of
from amate.billing_cycle.subscriptions.bill import REFUSALS
from amate.billing_cycle.subscriptions.calendar import work_on
from amate.billing_cycle.subscriptions.models import Parking, Pause, PauseKind, Subscription, Term
from amate.billing_cycle.subscriptions.orders import Rules, bill_of
from amate.companies.billing_policy import billing_policy_on
from amate.ledger.charge import AT_ONCE

YEAR = 366  # days, and periods of a subscription by the day
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Foretold:
    """A charge that is to come. `on`: the day it will be billed."""

    subscription_id: int
    on: date
    start: date
    end: date
    concept: str
    total: Decimal


def forecast(agreed: Iterable[Agreed], *, today: date, until: date) -> list[Foretold]:
    """By day, if nothing is changed until then. What cannot be billed is in nobody's forecast: `preflight` tells of it."""
    files = list(agreed)
    tariff = tariff_of(files)
    rules = Rules(billing_policy_on(today), closed_around(today), until, most=YEAR)
    found: list[Foretold] = []
    for one in files:
        try:
            bill = bill_of(one, tariff, rules)
        except REFUSALS:
            continue
        spans = {done.source_key: done.due for done in bill.periods}
        for _, charge in bill.charges:
            start, end = charge.service_from or today, charge.service_to or today
            due = spans.get(charge.source_key)
            on = start
            if due is not None:
                plan = tariff.plans[one.terms[due.place].plan_id]
                on = work_on(due.span, in_advance=plan.in_advance, lead_days=plan.lead_days)
            found.append(Foretold(one.subscription.pk, max(on, today), start, end, charge.concept, charge.total))
    return sorted(found, key=lambda told: (told.on, told.subscription_id))


def next_twelve_months(*, today: date) -> dict[date, Decimal]:
    """{first of a month: what will be billed in it} of the whole company, read a hundred subscriptions at a time."""
    until = today + timedelta(days=365)
    months: dict[date, Decimal] = defaultdict(lambda: ZERO)
    last = 0
    while rows := _some(after=last):
        for told in forecast(agreed_with(rows), today=today, until=until):
            months[told.on.replace(day=1)] += told.total
        last = rows[-1].pk
    return dict(sorted(months.items()))


def never_billed(*, today: date) -> "QuerySet[Subscription]":
    """The alarm: served, and yet no day of work is set, or one that passed without any. A pause without an end, and what
    is only waiting for its last day, are no alarm; nor is what waits for a person, who is told of it elsewhere."""
    paused = Pause.objects.filter(subscription=OuterRef("pk"), kind=PauseKind.PAUSE, to_on=None)
    late = today - timedelta(days=1)
    parked = Parking.objects.open().filter(customer_id=OuterRef("payer_id"))
    reviewed = Term.objects.filter(subscription=OuterRef("pk"), plan__reviewed=True)
    passed = Q(next_on__lt=late) & ~Exists(parked) & ~Exists(reviewed)
    found: QuerySet[Subscription] = (
        Subscription.objects.active().filter(Q(next_on=None) | passed).filter(~Exists(paused))
    )
    return found.order_by("pk")


def _some(*, after: int) -> Sequence[Subscription]:
    rows = Subscription.objects.active().filter(pk__gt=after, next_on__isnull=False).order_by("pk")
    return list(rows.select_related("customer")[:AT_ONCE])
