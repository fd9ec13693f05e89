"""In which currencies a customer's account moves: each has a statement of its own, and no sum mixes two."""

from amate.billing_cycle.statements.compose import MXN
from amate.customers.models import Customer
from amate.ledger.accounts import OF_THE_CUSTOMER
from amate.ledger.models import JournalLine


def currencies_of(customer: Customer) -> list[str]:
    """Pesos first, whether he has any or not."""
    rows = JournalLine.objects.filter(customer=customer, account__in=OF_THE_CUSTOMER).exclude(moneda=MXN)
    return [MXN, *rows.order_by("moneda").values_list("moneda", flat=True).distinct()]
