"""The book's rows as the provider writes them (OUTSIDE §3): shapes only."""

from collections.abc import Iterable
from typing import Any

from amate.sandbox.payments.book import Charge, Customer, Event, Order, Source

SHOPS = ("7 Eleven", "Farmacias del Ahorro", "Circle K", "Soriana")


def listed(rows: Iterable[dict[str, Any]], *, has_more: bool = False) -> dict[str, Any]:
    data = list(rows)
    return {"object": "list", "has_more": has_more, "total": len(data), "data": data}


def order(one: Order) -> dict[str, Any]:
    """A card makes no charge before it pays: until then there is only the page that takes it."""
    page = next((row for row in one.charges if row.way == "card"), None)
    return {
        "object": "order",
        "id": one.id,
        "livemode": False,
        "amount": one.amount,
        "amount_refunded": sum(charge.returned for charge in one.charges),
        "currency": one.currency,
        "payment_status": one.status,
        "customer_info": {**one.customer, "object": "customer_info"},
        "line_items": listed({**item, "object": "line_item"} for item in one.line_items),
        "charges": listed(charge(row) for row in one.charges if row.way != "card" or row.paid_at),
        **({} if page is None else {"checkout": _page(page)}),
        "metadata": one.metadata,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }


def charge(one: Charge) -> dict[str, Any]:
    return {
        "object": "charge",
        "id": one.id,
        "order_id": one.order_id,
        "livemode": False,
        "amount": one.amount,
        "currency": "MXN",
        "status": one.status,
        "fee": one.fee,
        "created_at": one.created_at,
        "paid_at": one.paid_at,
        "description": "Payment from order",
        "payment_method": {"cash": _cash, "spei": _spei, "card": _card}[one.way](one),
        "refunds": listed({"object": "refund", "id": ref, "amount": -amount} for ref, amount in one.refunds)
        if one.refunds
        else None,
    }


def _page(one: Charge) -> dict[str, Any]:
    return {
        "object": "checkout",
        "id": one.reference,
        "type": "HostedPayment",
        "allowed_payment_methods": ["card"],
        "expires_at": one.expires_at,
        "url": f"https://pay.invalid/checkout/{one.reference}",
    }


def _card(one: Charge) -> dict[str, Any]:
    said = {"object": "card_payment", "type": "credit", "account_type": "credit", "auth_code": one.auth_code}
    return said | {"brand": "visa", "last4": "4242"}


def _cash(one: Charge) -> dict[str, Any]:
    return {
        "object": "cash_payment",
        "type": "cash",
        "service_name": "Cash",
        "product_type": "cash_in",
        "agreement": None,
        "reference": one.reference,
        "barcode_url": f"https://barcodes.invalid/{one.reference}.png",
        "store_names": list(SHOPS),
        "store": one.payer.get("store") or None,
        "auth_code": one.auth_code or None,
        "cashier_id": None,
        "expires_at": one.expires_at,
    }


def _spei(one: Charge) -> dict[str, Any]:
    said: dict[str, Any] = {
        "object": "bank_transfer_payment",
        "type": "spei",
        "bank": "STP",
        "clabe": one.reference,
        "receiving_account_number": one.reference,
        "receiving_account_bank": "STP",
        "expires_at": one.expires_at,
        "payment_attempts": [],
        "issuing_account_bank": None,
        "issuing_account_number": None,
        "issuing_account_holder_name": None,
        "issuing_account_tax_id": None,
        "reference_number": None,
        "tracking_code": one.tracking_code or None,
        "executed_at": one.paid_at,
    }
    return said | {f"issuing_account_{name}": value for name, value in one.payer.items() if value}


def customer(one: Customer) -> dict[str, Any]:
    return {
        "object": "customer",
        "id": one.id,
        "livemode": False,
        "name": one.name,
        "email": one.email,
        "phone": one.phone,
        "metadata": one.metadata,
        "payment_sources": listed(source(row) for row in one.sources),
    }


def source(one: Source) -> dict[str, Any]:
    said: dict[str, Any] = {
        "object": "payment_source",
        "id": one.id,
        "type": one.kind,
        "reference": one.reference,
        "parent_id": one.customer_id,
        "created_at": one.created_at,
        "expires_at": None,
    }
    return (
        said | {"bank": "STP"}
        if one.way == "spei"
        else said | {"barcode_url": f"https://barcodes.invalid/{one.reference}.png"}
    )


def event(one: Event, *, status: str = "pending") -> dict[str, Any]:
    return {
        "object": "event",
        "id": one.id,
        "type": one.told,
        "livemode": False,
        "created_at": one.created_at,
        "webhook_status": status,
        "data": {"object": one.snapshot, "previous_attributes": {}},
    }
