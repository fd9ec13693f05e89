"""Which of a customer's statements a page shows: `?moneda=`, pesos without it."""

from django.http import Http404, QueryDict

from amate.billing_cycle.statements.compose import MXN
from amate.billing_cycle.statements.currencies import currencies_of
from amate.customers.models import Customer


def asked_currency(said: QueryDict, customer: Customer) -> str:
    """Raises Http404 for one in which he has no account."""
    moneda = said.get("moneda", "") or MXN
    if moneda != MXN and moneda not in currencies_of(customer):
        raise Http404
    return moneda
