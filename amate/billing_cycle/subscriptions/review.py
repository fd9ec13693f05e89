"""What a run that waits for a person would charge, customer by customer."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from amate.billing_cycle.subscriptions.agreed import agreed_with, closed_around, tariff_of
from amate.billing_cycle.subscriptions.bill import REFUSALS
from amate.billing_cycle.subscriptions.models import BillingBatch, Subscription
from amate.billing_cycle.subscriptions.orders import Rules, bill_of
from amate.companies.billing_policy import billing_policy_on
from amate.customers.models import Customer

ZERO = Decimal("0.00")


@dataclass(slots=True)
class ReviewRow:
    """One payer. `wrong`: why he would be parked instead, empty if he would not."""

    customer: Customer
    concepts: list[str] = field(default_factory=list)
    charges: int = 0
    total: Decimal = ZERO
    wrong: str = ""


def review_of(*, run_id: int, number: int, today: date) -> list[ReviewRow]:
    """Of one batch, a hundred payers at most, in the order of their names."""
    batch = BillingBatch.objects.filter(run_id=run_id, number=number).first()
    return (
        sorted(foretell_payers(batch.customer_ids, today=today), key=lambda one: one.customer.nombre) if batch else []
    )


def foretell_payers(payer_ids: Sequence[int], *, today: date) -> list[ReviewRow]:
    """What reviewed plans would charge each of them, in a fixed number of statements."""
    customers = Customer.objects.in_bulk(list(payer_ids))
    rows = {pk: ReviewRow(customers[pk]) for pk in payer_ids if pk in customers}
    rules = Rules(billing_policy_on(today), closed_around(today), today)
    due = Subscription.objects.due(today).filter(payer_id__in=list(rows)).select_related("customer").order_by("pk")
    files = agreed_with(list(due))
    tariff = tariff_of(files)
    found: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    for one in files:
        payer = one.subscription.payer_id
        if not tariff.plans[one.next_term.plan_id].reviewed:
            continue
        try:
            found[payer] += [(charge.concept, charge.total) for _, charge in bill_of(one, tariff, rules).charges]
        except REFUSALS as fault:  # he will be parked
            rows[payer].wrong = str(fault)
    for payer, charges in found.items():
        rows[payer].concepts = [concept for concept, _ in charges]
        rows[payer].charges = len(charges)
        rows[payer].total = sum((total for _, total in charges), ZERO)
    return list(rows.values())
