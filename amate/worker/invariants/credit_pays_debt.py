"""I7: nobody owes what his own credit could pay. Not asked of a company whose rules leave credit alone, or did once.

The ids are the customers'.
"""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from amate.companies.billing_policy import BillingPolicy
from amate.customers.models import Customer
from amate.ledger.models import Payment, Receivable
from amate.worker.invariants.look import Look, walk


def look(*, known: Sequence[int], after: int, at_most: int) -> Look:
    return walk(Customer.objects, _broken, known=known, after=after, at_most=at_most)


def _broken(ids: list[int]) -> list[int]:
    if BillingPolicy.objects.filter(applies_credit=False).exists():
        return []
    owed = Receivable.objects.unpaid().filter(customer_id=OuterRef("customer_id"), moneda=OuterRef("moneda"))
    credit = Payment.objects.with_credit().filter(Exists(owed), customer_id__in=ids)
    found = credit.order_by("customer_id").values_list("customer_id", flat=True).distinct()
    return [pk for pk in found if pk is not None]
