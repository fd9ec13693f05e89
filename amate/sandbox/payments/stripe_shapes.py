"""The same book as Stripe writes it (OUTSIDE §3): made of the shapes of the other wire, which is what events remember."""

from collections.abc import Mapping
from typing import Any

STATUS = {"pending_payment": "requires_action", "expired": "requires_payment_method", "canceled": "canceled"}
TOLD = {
    "order.pending_payment": "payment_intent.requires_action",
    "order.paid": "payment_intent.succeeded",
    "order.partially_paid": "payment_intent.succeeded",
    "order.expired": "payment_intent.payment_failed",
    "order.canceled": "payment_intent.canceled",
    "charge.refunded": "charge.refunded",
    "charge.chargeback.created": "charge.dispute.created",
}


def intent_id(order_id: str) -> str:
    return order_id.replace("ord_", "pi_", 1)


def order_id(intent: str) -> str:
    return intent.replace("pi_", "ord_", 1)


def intent(order: Mapping[str, Any]) -> dict[str, Any]:
    rows = order["charges"]["data"]
    paid = [row for row in rows if row["paid_at"]]
    first = rows[0]["payment_method"]
    status = STATUS.get(order["payment_status"], "succeeded")
    shown = {
        "type": "oxxo_display_details",
        "oxxo_display_details": {
            "number": first.get("reference"),
            "expires_after": first.get("expires_at"),
            "hosted_voucher_url": f"https://payments.invalid/oxxo/{first.get('reference')}",
        },
    }
    return {
        "object": "payment_intent",
        "id": intent_id(order["id"]),
        "amount": order["amount"],
        "amount_received": sum(row["amount"] for row in paid),
        "currency": order["currency"].lower(),
        "status": status,
        "payment_method_types": ["oxxo"],
        "metadata": order["metadata"],
        "livemode": False,
        "created": order["created_at"],
        "next_action": shown if status == "requires_action" else None,
        "latest_charge": charge(paid[-1]) if paid else None,
    }


def charge(row: Mapping[str, Any]) -> dict[str, Any]:
    back = -sum(one["amount"] for one in (row["refunds"] or {"data": []})["data"])
    return {
        "object": "charge",
        "id": row["id"],
        "payment_intent": intent_id(row["order_id"]),
        "amount": row["amount"],
        "amount_refunded": back,
        "refunded": back == row["amount"],
        "disputed": row["status"] == "charged_back",
        "currency": row["currency"].lower(),
        "created": row["paid_at"],
        "billing_details": {"name": None},
        "payment_method_details": {"type": "oxxo", "oxxo": {"number": row["payment_method"].get("reference")}},
        "balance_transaction": {
            "object": "balance_transaction",
            "amount": row["amount"],
            "fee": row["fee"],
            "net": row["amount"] - row["fee"],
        },
    }


def event(said: Mapping[str, Any]) -> dict[str, Any]:
    """Of the other wire's event. What it says of a dispute is its charge, by id."""
    told, thing = TOLD.get(said["type"], "ping"), said["data"].get("object", {})
    if thing.get("object") == "order":
        thing = intent(thing)
    elif told == "charge.dispute.created":
        thing = {"object": "dispute", "charge": thing["id"], "payment_intent": intent_id(thing["order_id"])}
    elif thing.get("object") == "charge":
        thing = charge(thing)
    return {
        "object": "event",
        "id": said["id"],
        "type": told,
        "created": said["created_at"],
        "livemode": False,
        "data": {"object": thing},
    }
