"""The same book as Mercado Pago writes it (OUTSIDE §3): made of the shapes of the other wire, which is what events remember."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

STATUS = {
    "pending_payment": ("action_required", "waiting_payment"),
    "expired": ("expired", "expired"),
    "canceled": ("canceled", "canceled"),
    "paid": ("processed", "accredited"),
    "partially_paid": ("processed", "accredited"),
    "partially_refunded": ("processed", "partially_refunded"),
    "refunded": ("refunded", "refunded"),
    "charged_back": ("charged_back", "in_process"),
}
TOLD = {
    "order.pending_payment": "order.action_required",
    "order.paid": "order.processed",
    "order.partially_paid": "order.processed",
    "order.expired": "order.expired",
    "order.canceled": "order.canceled",
    "charge.refunded": "order.refunded",
}
CHARGED_BACK = "charge.chargeback.created"
METHODS = {
    "cash": {"id": "oxxo", "type": "ticket"},
    "spei": {"id": "clabe", "type": "bank_transfer"},
    "card": {"id": "visa", "type": "credit_card"},
}
LEGACY = {"paid": "approved", "partially_refunded": "approved", "refunded": "refunded", "charged_back": "charged_back"}
SITE = "https://www.mercadopago.invalid"


def order_id(ours: str) -> str:
    return "ORD01" + ours.removeprefix("ord_").upper()


def book_id(theirs: str) -> str:
    return "ord_" + theirs.removeprefix("ORD01").lower()


def payment_number(charge_id: str) -> int:
    """Of the older part, where payments are numbers."""
    return int(charge_id.removeprefix("ch")[:6]) + 105_292_000_000


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def instant(epoch: int | None) -> str | None:
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC).isoformat().replace("+00:00", ".000000000Z")


def order(said: Mapping[str, Any]) -> dict[str, Any]:
    rows, kept = said["charges"]["data"], said["metadata"]
    refunds = [one for row in rows for one in _refunds(row)]
    status, detail = STATUS[said["payment_status"]]
    page = kept["way"] == "card"
    if page and said["payment_status"] == "pending_payment":
        status, detail = "created", "created"
    return {
        "id": order_id(said["id"]),
        "type": "online",
        "processing_mode": "manual" if page else "automatic",
        "external_reference": kept["external_reference"],
        "country_code": "MEX",
        "currency": kept.get("currency", "MXN"),
        "status": status,
        "status_detail": detail,
        "total_amount": money(said["amount"]),
        "created_date": instant(said["created_at"]),
        "last_updated_date": instant(said["updated_at"]),
        "transactions": {
            "payments": [_payment(row, said) for row in rows],
            **({"refunds": refunds} if refunds else {}),
        },
        **({"checkout_url": f"{SITE}/checkout/v1/redirect?order={order_id(said['id'])}"} if page else {}),
    }


def _payment(row: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    way = said["metadata"]["way"]
    pay = row["payment_method"]
    status, detail = STATUS[row["status"]]
    reference = pay.get("clabe") or pay.get("reference")
    held = {} if way == "card" else {"reference": reference, "ticket_url": f"{SITE}/payments/{reference}/ticket"}
    until = datetime.fromtimestamp(pay["expires_at"], UTC).isoformat(timespec="milliseconds") if held else None
    return {
        "id": "PAY01" + row["id"].removeprefix("ch").upper(),
        "amount": money(said["amount"]),
        **({"paid_amount": money(row["amount"])} if row["paid_at"] else {}),
        **({"date_of_expiration": until} if until else {}),
        "status": status,
        "status_detail": detail,
        "payment_method": {**METHODS[way], **held},
        "reference": {"id": "0002inkmnw", "source": "transaction_intent"},
    }


def _refunds(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "id": "REF01" + one["id"].removeprefix("ref_").upper(),
            "transaction_id": "PAY01" + row["id"].removeprefix("ch").upper(),
            "status": "processed",
            "amount": money(-one["amount"]),
        }
        for one in (row["refunds"] or {"data": []})["data"]
    ]


def legacy_payment(row: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """As the older part tells it: numbers with a point, instants of another zone, when and at what fee."""
    way = said["metadata"]["way"]
    fee = [{"type": "mercadopago_fee", "amount": row["fee"] / 100, "fee_payer": "collector"}] if row["fee"] else []
    return {
        "id": payment_number(row["id"]),
        "date_created": instant(row["created_at"]),
        "date_approved": instant(row["paid_at"]),
        "date_last_updated": instant(said["updated_at"]),
        "external_reference": said["metadata"]["external_reference"],
        "status": LEGACY.get(row["status"], "cancelled" if row["status"] in ("expired", "canceled") else "pending"),
        "currency_id": said["metadata"].get("currency", "MXN"),
        "transaction_amount": row["amount"] / 100,
        "payment_type_id": METHODS[way]["type"],
        "fee_details": fee,
        "payer": {"first_name": "Ana", "last_name": "Núñez"},
    }


def notice(said: Mapping[str, Any]) -> dict[str, Any]:
    """Of the other wire's event. Of a chargeback the notice names a payment, by its number."""
    thing = said["data"].get("object", {})
    head = {
        "api_version": "v1",
        "live_mode": False,
        "date_created": instant(said["created_at"]),
        "user_id": "1735143232",
    }
    if said["type"] == CHARGED_BACK:
        data: dict[str, Any] = {"id": 217_000_061_307_271_000, "payment_id": payment_number(thing["id"])}
        return {**head, "id": 114_544_942_708, "type": "topic_chargebacks_wh", "actions": ["created"], "data": data}
    if said["type"] not in TOLD:
        return {**head, "type": "test", "action": "test.created", "data": {"id": "123456"}}
    data = {"id": order_id(thing.get("order_id") or thing["id"])}
    if thing["object"] == "order":
        whole = order(thing)
        data |= {name: whole[name] for name in ("external_reference", "status", "status_detail", "total_amount")}
    return {**head, "type": "order", "action": TOLD[said["type"]], "data": data}
