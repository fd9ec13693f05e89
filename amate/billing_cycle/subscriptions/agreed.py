"""All that was agreed with some customers, read in a fixed number of statements, as values that decide."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.db.models import Q

from amate.billing_cycle.subscriptions.bank_days import closed_days
from amate.billing_cycle.subscriptions.calendar import k_of
from amate.billing_cycle.subscriptions.due import Away, Contract, Stretch
from amate.billing_cycle.subscriptions.models import (
    AddOn,
    BankDay,
    LastStub,
    OneOff,
    Pause,
    PauseKind,
    Plan,
    PlanPrice,
    Subscription,
    Term,
)
from amate.companies.billing_policy import BillingPolicy
from amate.ledger.lock import lock_customers
from amate.tenancy.models import CompanyOwned

Row = TypeVar("Row", bound=CompanyOwned)


@dataclass(slots=True)
class Agreed:
    """One subscription whole. `terms` in their order."""

    subscription: Subscription
    terms: list[Term] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    add_ons: list[AddOn] = field(default_factory=list)
    one_offs: list[OneOff] = field(default_factory=list)

    @property
    def next_term(self) -> Term:
        """The one in which its next period lies."""
        return self.term_of(self.subscription.next_k)

    def term_of(self, k: int) -> Term:
        """The one in which period `k` lies."""
        begun = [one for one in self.terms if k_of(one.grid, one.from_on) <= k]
        return begun[-1] if begun else self.terms[0]

    def contract(self, plans: dict[int, Plan], policy: BillingPolicy) -> Contract:
        one = self.subscription
        return Contract(
            stretches=[_stretch(term, at, plans[term.plan_id], policy) for at, term in enumerate(self.terms)],
            next_k=one.next_k,
            cycles=one.cycles,
            ends_on=one.ends_on,
            paused=[_away(p) for p in self.pauses if p.kind == PauseKind.PAUSE and not p.charges],
            held=[_away(p) for p in self.pauses if p.kind == PauseKind.HELD],
        )


@dataclass(slots=True)
class Tariff:
    """The plans that some subscriptions follow, and their prices."""

    plans: dict[int, Plan]
    prices: dict[int, list[PlanPrice]]


def agreed_with(subscriptions: Sequence[Subscription]) -> list[Agreed]:
    """In the order given."""
    ids = [one.pk for one in subscriptions]
    terms = _of(ids, Term.objects.filter(subscription_id__in=ids).order_by("seq"))
    pauses = _of(ids, Pause.objects.filter(subscription_id__in=ids))
    add_ons = _of(ids, AddOn.objects.filter(subscription_id__in=ids).order_by("pk"))
    open_ones = OneOff.objects.filter(subscription_id__in=ids, settled_at__isnull=True)
    one_offs = _of(ids, open_ones.order_by("pk"))
    return [Agreed(one, terms[one.pk], pauses[one.pk], add_ons[one.pk], one_offs[one.pk]) for one in subscriptions]


def locked_agreement(subscription_id: int) -> Agreed:
    """One subscription whole, under its payer's lock. Raises Subscription.DoesNotExist."""
    payer_id = Subscription.objects.values_list("payer_id", flat=True).get(pk=subscription_id)
    lock_customers([payer_id])
    [agreed] = agreed_with([Subscription.objects.select_related("customer").get(pk=subscription_id)])
    return agreed


def tariff_of(agreed: Iterable[Agreed]) -> Tariff:
    ids = {term.plan_id for one in agreed for term in one.terms}
    prices: dict[int, list[PlanPrice]] = defaultdict(list)
    for price in PlanPrice.objects.filter(plan_id__in=ids):
        prices[price.plan_id].append(price)
    return Tariff({plan.pk: plan for plan in Plan.objects.filter(pk__in=ids)}, prices)


def closed_around(day: date) -> frozenset[date]:
    """The days without banks of its year and the next."""
    own = BankDay.objects.filter(Q(day__year=day.year) | Q(day__year=day.year + 1)).values_list("day", "closed")
    added = [one for one, closed in own if closed]
    taken = [one for one, closed in own if not closed]
    return closed_days([day.year, day.year + 1], added=added, taken=taken)


def _of(ids: Sequence[int], rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {pk: [] for pk in ids}
    for row in rows:
        found[row.subscription_id].append(row)  # type: ignore[attr-defined]
    return found


def _away(pause: Pause) -> Away:
    return Away(pause.from_on, pause.to_on)


def _stretch(term: Term, place: int, plan: Plan, policy: BillingPolicy) -> Stretch:
    return Stretch(
        grid=term.grid,
        place=place,
        in_advance=plan.in_advance,
        lead_days=plan.lead_days,
        first_stub=plan.first_stub,
        last_cut=plan.last_stub == LastStub.CUT,
        while_suspended=plan.bill_while_suspended or policy.bill_while_suspended,
    )
