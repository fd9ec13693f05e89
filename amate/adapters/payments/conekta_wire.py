"""What Conekta's and Digital FEMSA's bytes mean (OUTSIDE §3): pure, no network.

An order holds one charge for each way it can be paid, and one for each time it was: a payment is a charge, and its id
here is `order/charge`, because only orders can be asked for.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from amate.adapters.payments import (
    FORMA_PAGO,
    BadSignature,
    InboundRequest,
    Kind,
    NotUnderstood,
    Payer,
    PaymentEvent,
    PaymentHint,
    UnknownPayment,
    VerifiedDelivery,
)
from amate.adapters.payments.cents import from_cents

REFERENCE = "reference"  # where ours rides in the metadata
METHODS = {"cash_payment": "cash", "bank_transfer_payment": "spei"}
KINDS = {
    "pending_payment": Kind.PENDING,
    "paid": Kind.PAID,
    "expired": Kind.EXPIRED,
    "canceled": Kind.EXPIRED,
    "voided": Kind.EXPIRED,
    "declined": Kind.FAILED,
    "failed": Kind.FAILED,
    "refunded": Kind.REFUNDED,
    "partially_refunded": Kind.REFUNDED,
    "charged_back": Kind.CHARGED_BACK,
}
TOLD = {
    "order.paid": Kind.PAID,
    "order.partially_paid": Kind.PARTIALLY_PAID,
    "order.expired": Kind.EXPIRED,
    "order.canceled": Kind.EXPIRED,
    "order.pending_payment": Kind.PENDING,
    "charge.paid": Kind.PAID,
    "charge.expired": Kind.EXPIRED,
}


def verify(request: InboundRequest, keys: Iterable[str]) -> VerifiedDelivery:
    """SIG-1: `DIGEST` is RSA-SHA256 of the raw body. It holds no time: that it is told once is for the inbox (PAY-5)."""
    try:
        signature = base64.b64decode(request.headers.get("digest", "").removeprefix("sha-256="), validate=True)
    except ValueError as broken:  # also for letters that are no ASCII
        raise BadSignature("DIGEST no es base64") from broken
    if not any(_signed(request.body, signature, pem) for pem in keys):
        raise BadSignature("DIGEST no corresponde a ninguna llave de la cuenta")
    said = _object(request.body)
    fingerprint = sha256(request.body).hexdigest()
    return VerifiedDelivery(
        delivery_id=str(said.get("id") or fingerprint)[:200], told=str(said.get("type") or "")[:100], body=request.body
    )


def hints(delivery: VerifiedDelivery) -> list[PaymentHint]:
    return hints_of(_object(delivery.body))


def hints_of(event: Mapping[str, Any]) -> list[PaymentHint]:
    """Of one event, as a notice or a list brings it."""
    kind = TOLD.get(str(event.get("type")))
    thing = _dict(_dict(event.get("data")).get("object"))
    if thing.get("object") == "charge" or str(event.get("type")).startswith("charge."):
        order, charge = thing.get("order_id"), thing.get("id") or thing.get("charge_id")
        return [PaymentHint(f"{order}/{charge}", kind)] if order and charge else []
    if thing.get("object") != "order" or not thing.get("id"):
        return []
    charges = [one for one in _list(thing.get("charges")) if one.get("id")]
    if kind is Kind.PAID:
        charges = [one for one in charges if one.get("status") == "paid"] or charges
    return [PaymentHint(f"{thing['id']}/{one['id']}", kind) for one in charges]


def read_order(*, provider: str, body: bytes) -> list[PaymentEvent]:
    """Every payment of an order, as the API answered it. Raises `NotUnderstood`."""
    order = _object(body)
    if order.get("object") != "order":
        raise NotUnderstood("El proveedor de pagos contestó algo que no es una orden.")
    fingerprint = sha256(body).hexdigest()
    try:
        return [
            _event(order, charge, provider=provider, fingerprint=fingerprint) for charge in _list(order.get("charges"))
        ]
    except (KeyError, ValueError, TypeError, OverflowError) as odd:
        raise NotUnderstood(f"Una orden del proveedor de pagos no se entiende: {odd!r}") from odd


def pick(events: list[PaymentEvent], payment_id: str) -> PaymentEvent:
    """Raises `UnknownPayment`."""
    for event in events:
        if event.payment_id == payment_id:
            return event
    raise UnknownPayment("resource_not_found_error", f"La orden no tiene el cargo {payment_id}")


def _event(order: dict[str, Any], charge: dict[str, Any], *, provider: str, fingerprint: str) -> PaymentEvent:
    pay = _dict(charge.get("payment_method"))
    method = METHODS.get(str(pay.get("object")), "") or _card(pay)
    amount = from_cents(int(charge["amount"]))
    kind = _kind(order, charge)
    fee = None if charge.get("fee") is None else from_cents(int(charge["fee"]))
    rastreo = _text(pay, "tracking_code")
    clabe = _text(pay, "clabe", "receiving_account_number") if method == "spei" else ""
    return PaymentEvent(
        provider=provider,
        payment_id=f"{order['id']}/{charge['id']}",
        kind=kind,
        amount=amount,
        returned=_returned(charge, kind=kind, amount=amount),
        currency=str(charge.get("currency") or order["currency"]),
        fee=fee,
        net=None if fee is None else amount - fee,
        paid_at=_instant(pay.get("executed_at") or charge.get("paid_at")),
        method=method,
        forma_pago=FORMA_PAGO[method],
        num_operacion=rastreo or _text(pay, "auth_code"),
        our_reference=_text(_dict(order.get("metadata")), REFERENCE),
        provider_reference=_text(pay, "reference") or clabe,
        clabe_destino=clabe,
        clave_rastreo=rastreo,
        payer=Payer(
            name=_text(pay, "issuing_account_holder_name"),
            rfc=_text(pay, "issuing_account_tax_id"),
            account=_text(pay, "issuing_account_number"),
            bank=_text(pay, "issuing_account_bank"),
        ),
        raw_sha256=fingerprint,
    )


def _kind(order: dict[str, Any], charge: dict[str, Any]) -> Kind:
    kind = KINDS.get(str(charge["status"]), Kind.PENDING)
    short = kind is Kind.PAID and int(charge["amount"]) < int(order["amount"])
    return Kind.PARTIALLY_PAID if short else kind


def _returned(charge: dict[str, Any], *, kind: Kind, amount: Decimal) -> Decimal:
    if kind is Kind.CHARGED_BACK:
        return amount
    refunds = charge.get("refunds")
    listed = _list(refunds) if isinstance(refunds, dict) else [_dict(one) for one in refunds or []]
    told = sum((abs(int(one["amount"])) for one in listed), 0)
    if kind is Kind.REFUNDED and not told and charge.get("status") == "refunded":
        return amount
    return from_cents(told)


def _card(pay: dict[str, Any]) -> str:
    if pay.get("object") != "card_payment":
        return "wallet"
    return "debit" if pay.get("account_type") == "debit" or pay.get("type") == "debit" else "credit"


def _instant(epoch: object) -> datetime | None:
    return datetime.fromtimestamp(int(epoch), UTC) if isinstance(epoch, int | str) and epoch else None


def _text(said: Mapping[str, Any], *names: str) -> str:
    return next((str(said[name]) for name in names if said.get(name) not in (None, "")), "")


def _object(body: bytes) -> dict[str, Any]:
    try:
        return _dict(json.loads(body))
    except (ValueError, RecursionError):
        return {}


def _dict(said: object) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}


def _list(said: object) -> list[dict[str, Any]]:
    """The objects in a list of theirs: `{"object": "list", "data": […]}`."""
    data = _dict(said).get("data")
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []


def _signed(body: bytes, signature: bytes, pem: str) -> bool:
    try:
        key = load_pem_public_key(pem.encode())
        if not isinstance(key, rsa.RSAPublicKey):
            return False
        key.verify(signature, body, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True
