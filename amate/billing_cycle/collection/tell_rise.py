"""Whoever pays a price that rises is told before its day: each plan, from how much to how much, and since when."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from amate.adapters.messages import Outgoing
from amate.billing_cycle.collection.reach import reach_of
from amate.billing_cycle.collection.said import day_in_words
from amate.billing_cycle.subscriptions.models import PlanPrice, PriceRise, Term
from amate.billing_cycle.subscriptions.raise_prices import who_is_told
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.messages.mail import claim_mail, outgoing
from amate.messages.way import Way


@dataclass(frozen=True, slots=True)
class RiseOfPlan:
    nombre: str
    before: Decimal
    after: Decimal
    moneda: str
    plus_taxes: bool


def prepare_rise_letter(*, rise_id: int, customer_id: int, way: Way, now: datetime) -> tuple[int, Outgoing] | None:
    """Once a rise and customer, whatever number of subscriptions he has. None: it was sent before, taken back, concerns him no
    more, or no address of his receives mail."""
    rise = PriceRise.objects.get(pk=rise_id)
    customer_id = find_remaining(Customer.objects.get(pk=customer_id)).pk
    reach = reach_of([customer_id]).get(customer_id)
    mine = [subscription for customer, subscription in who_is_told(rise) if customer == customer_id]
    if rise.withdrawn_at is not None or reach is None or not reach.mail or not mine:
        return None
    key, about = f"rise:{rise_id}:{customer_id}", f"customer:{customer_id}"
    facts = {
        "nombre": reach.nombre,
        "plans": _plans(rise, mine),
        "day": f"{day_in_words(rise.valid_from)} de {rise.valid_from.year}",
        "why": rise.why,
    }
    message = claim_mail(key=key, kind="rise", about=about, to=reach.mail, facts=facts, way=way, now=now)
    return None if message is None else (message.pk, outgoing(message, way=way))


def _plans(rise: PriceRise, subscriptions: list[int]) -> list[RiseOfPlan]:
    followed = Term.objects.filter(subscription_id__in=subscriptions).values("plan_id")
    found = []
    for after in rise.prices.filter(plan_id__in=followed).select_related("plan").order_by("plan__nombre"):
        before = PlanPrice.objects.filter(plan=after.plan, valid_from__lt=rise.valid_from).order_by("-valid_from")[0]
        found.append(
            RiseOfPlan(after.plan.nombre, before.amount, after.amount, after.plan.moneda, not after.includes_tax)
        )
    return found
