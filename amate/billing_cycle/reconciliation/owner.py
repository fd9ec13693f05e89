"""Whose a payment is: the first sure sign, or nobody's (BANK-1, rungs 1 to 3 for what a provider tells)."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from amate.adapters.payments import PaymentEvent
from amate.billing_cycle.reconciliation.models import PaymentReference, ReferenceKind
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining


@dataclass(frozen=True, slots=True)
class Owner:
    """`receivable_id`: what its reference is bound to, if to one debt. `rule`: which sign told."""

    customer_id: int
    receivable_id: int | None
    rule: str


def owner_of(event: PaymentEvent) -> Owner | None:
    """By what we gave to be paid at: our own mark, the CLABE it went to, the reference in the payer's hand. They must not
    contradict each other: then a person looks."""
    signs = [
        (ReferenceKind.ORDER, event.our_reference),
        (ReferenceKind.CLABE, event.clabe_destino),
        (ReferenceKind.CLABE, event.provider_reference),
        (ReferenceKind.CASH, event.provider_reference),
    ]
    told = [Q(kind=kind, value=value) for kind, value in signs if value]
    if not told:
        return None
    rows = list(PaymentReference.objects.filter(reduce(or_, told)).select_related("customer"))
    if len({_remaining(row.customer).pk for row in rows}) != 1:
        return None
    best = min(rows, key=lambda row: [kind for kind, _ in signs].index(ReferenceKind(row.kind)))
    return Owner(_remaining(best.customer).pk, best.receivable_id, best.kind)


def _remaining(customer: Customer) -> Customer:
    return customer if customer.merged_into_id is None else find_remaining(customer)
