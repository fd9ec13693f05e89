"""The same book as PayPal writes it (OUTSIDE §3): made of the shapes of the other wire, which is what events remember."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

TOLD = {
    "order.approved": "CHECKOUT.ORDER.APPROVED",
    "order.paid": "PAYMENT.CAPTURE.COMPLETED",
    "order.partially_paid": "PAYMENT.CAPTURE.COMPLETED",
    "charge.refunded": "PAYMENT.CAPTURE.REFUNDED",
    "charge.chargeback.created": "PAYMENT.CAPTURE.REVERSED",
}
CAPTURED = {
    "paid": "COMPLETED",
    "partially_refunded": "PARTIALLY_REFUNDED",
    "refunded": "REFUNDED",
    "charged_back": "REVERSED",
}
APPROVED = "paypal_approved"  # in the metadata, where the book has no place for it
API = "https://api.paypal.invalid"


def paypal_id(ours: str) -> str:
    return ours.replace("_", "-")


def book_id(theirs: str) -> str:
    return theirs.replace("-", "_")


def money(cents: int) -> dict[str, str]:
    return {"currency_code": "MXN", "value": f"{cents // 100}.{cents % 100:02d}"}


def instant(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).isoformat().replace("+00:00", "Z")


def order(said: Mapping[str, Any]) -> dict[str, Any]:
    paid = [row for row in said["charges"]["data"] if row["paid_at"]]
    status = "COMPLETED" if paid else "APPROVED" if said["metadata"].get(APPROVED) else "PAYER_ACTION_REQUIRED"
    bought: dict[str, Any] = {
        "reference_id": "default",
        "custom_id": said["metadata"]["custom_id"],
        "description": said["line_items"]["data"][0]["name"],
        "amount": money(said["amount"]),
    }
    if paid:
        back = [one for row in paid for one in refunds(row)]
        bought["payments"] = {"captures": [capture(row) for row in paid], **({"refunds": back} if back else {})}
    page = f"https://www.paypal.invalid/checkoutnow?token={paypal_id(said['id'])}"
    return {
        "id": paypal_id(said["id"]),
        "intent": "CAPTURE",
        "status": status,
        "create_time": instant(said["created_at"]),
        "purchase_units": [bought],
        "payment_source": {"paypal": {"name": {"given_name": "Ana", "surname": "Núñez"}}},
        "links": [
            {"rel": "self", "method": "GET", "href": f"{API}/v2/checkout/orders/{paypal_id(said['id'])}"},
            *([] if paid else [{"rel": "payer-action", "method": "GET", "href": page}]),
        ],
    }


def capture(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"].upper(),
        "status": CAPTURED.get(row["status"], "PENDING"),
        "amount": money(row["amount"]),
        "final_capture": True,
        "seller_receivable_breakdown": {
            "gross_amount": money(row["amount"]),
            "paypal_fee": money(row["fee"]),
            "net_amount": money(row["amount"] - row["fee"]),
        },
        "supplementary_data": {"related_ids": {"order_id": paypal_id(row["order_id"])}},
        "create_time": instant(row["paid_at"]),
    }


def refunds(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each with the way up to its capture, and no word of the order."""
    up = {"rel": "up", "method": "GET", "href": f"{API}/v2/payments/captures/{row['id'].upper()}"}
    return [
        {"id": one["id"].upper(), "status": "COMPLETED", "amount": money(-one["amount"]), "links": [up]}
        for one in (row["refunds"] or {"data": []})["data"]
    ]


def event(said: Mapping[str, Any]) -> dict[str, Any]:
    """Of the other wire's event."""
    thing: Any = said["data"].get("object", {})
    told = TOLD.get(said["type"], "PING")
    if told == "CHECKOUT.ORDER.APPROVED":
        thing = order(thing)
    elif told == "PAYMENT.CAPTURE.COMPLETED":
        thing = capture([row for row in thing["charges"]["data"] if row["paid_at"]][-1])
    elif told == "PAYMENT.CAPTURE.REFUNDED":
        thing = refunds(thing)[-1]
    elif told == "PAYMENT.CAPTURE.REVERSED":
        thing = {key: value for key, value in capture(thing).items() if key != "supplementary_data"}
    else:
        thing = {}
    return {
        "id": "WH-" + said["id"].upper(),
        "event_version": "1.0",
        "create_time": instant(said["created_at"]),
        "event_type": told,
        "resource": thing,
    }
