"""What a notice says of the row that it is about, as it stands when it is told: keys and amounts, no fiscal data of anybody.

Whoever wants more asks the API, with the keys that are here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from amate.billing_cycle.service.models import Service
from amate.billing_cycle.subscriptions.models import Subscription
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.hooks.models import Event
from amate.invoices.models import Invoice
from amate.ledger.models import Payment
from amate.self_invoicing.models import Claim, Refund

API = "api:"  # of payments that a program told: `api:source:external_id`


def facts_of(event: Event) -> dict[str, Any] | None:
    """None: the row is not there any more."""
    return _READERS[event.kind.partition(".")[0]](event.about)


def _invoice(pk: int) -> dict[str, Any] | None:
    found = Invoice.objects.select_related("profile__customer").filter(pk=pk).first()
    if found is None:
        return None
    tickets = Claim.objects.live().filter(invoice=found).select_related("ticket")
    customer = found.profile.customer if found.profile is not None else None
    return {
        "uuid": str(found.uuid).upper(),
        "kind": found.kind,
        "number": found.number,
        "state": found.state,
        "origin": found.origin,
        "total": f"{found.total:.2f}",
        "moneda": found.moneda,
        "customer": _customer_keys(customer),
        "tickets": [{"source": one.ticket.source, "external_id": one.ticket.external_id} for one in tickets],
    }


def _refund(pk: int) -> dict[str, Any] | None:
    found = Refund.objects.select_related("ticket").filter(pk=pk).first()
    if found is None:
        return None
    return {
        "source": found.ticket.source,
        "external_id": found.ticket.external_id,
        "refund_id": found.external_id,
        "total": f"{found.total:.2f}",
    }


def _customer(pk: int) -> dict[str, Any] | None:
    return _customer_keys(Customer.objects.filter(pk=pk).first())


def _subscription(pk: int) -> dict[str, Any] | None:
    found = Subscription.objects.select_related("customer").filter(pk=pk).first()
    if found is None:
        return None
    return {
        "external_id": found.external_id,
        "state": found.state,
        "ends_on": found.ends_on.isoformat() if found.ends_on else None,
        "customer": _customer_keys(found.customer),
    }


def _payment(pk: int) -> dict[str, Any] | None:
    found = Payment.objects.select_related("customer").filter(pk=pk).first()
    if found is None:
        return None
    _, source, external_id = ["", "", ""]
    if found.provider_ref.startswith(API):
        _, source, external_id = found.provider_ref.split(":", 2)
    return {
        "provider": found.provider,
        "reference": found.provider_ref,
        "source": source,
        "external_id": external_id,
        "amount": f"{found.amount:.2f}",
        "moneda": found.moneda,
        "paid_on": found.paid_on.isoformat(),
        "forma_pago": found.forma_pago,
        "reversed_as": found.reversed_as,
        "customer": _customer_keys(found.customer),
    }


def _service(pk: int) -> dict[str, Any] | None:
    found = Service.objects.select_related("customer").filter(pk=pk).first()
    if found is None:
        return None
    return {
        "external_id": found.external_id,
        "name": found.name,
        "desired": found.desired,
        "gen": found.gen,
        "customer": _customer_keys(found.customer),
    }


def _customer_keys(customer: Customer | None) -> dict[str, Any] | None:
    """Of who remains."""
    if customer is None:
        return None
    who = find_remaining(customer)
    return {"number": who.number, "external_id": who.external_id, "nombre": who.nombre}


_READERS: Mapping[str, Callable[[int], dict[str, Any] | None]] = {
    "invoice": _invoice,
    "refund": _refund,
    "customer": _customer,
    "subscription": _subscription,
    "payment": _payment,
    "service": _service,
}
