"""What Stripe's bytes mean (OUTSIDE §3, SIG-3): pure, no network.

A payment is a PaymentIntent: a voucher of OXXO is paid once, and whole. Its latest charge says what came, what of it was
kept as a fee and what went back.
"""

import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from amate.adapters.payments import (
    FORMA_PAGO,
    BadSignature,
    InboundRequest,
    Kind,
    NotUnderstood,
    Payer,
    PaymentEvent,
    PaymentHint,
    Stale,
    VerifiedDelivery,
)
from amate.adapters.payments.cents import from_cents

REFERENCE = "reference"  # where ours rides in the metadata
TOLERANCE = 300  # seconds between their clock and ours (SIG-3)
METHODS = {"oxxo": "cash", "customer_balance": "spei"}
# A voucher that expired goes back to asking for a way to pay: nobody can pay at it any more.
KINDS = {
    "succeeded": Kind.PAID,
    "canceled": Kind.EXPIRED,
    "requires_payment_method": Kind.EXPIRED,
}
TOLD = {
    "payment_intent.succeeded": Kind.PAID,
    "payment_intent.payment_failed": Kind.EXPIRED,
    "payment_intent.canceled": Kind.EXPIRED,
    "charge.refunded": Kind.REFUNDED,
    "charge.dispute.created": Kind.CHARGED_BACK,
    "charge.dispute.closed": None,
}


def verify(request: InboundRequest, secrets: Iterable[str]) -> VerifiedDelivery:
    """SIG-3: `t=…,v1=…`, where v1 is HMAC-SHA256 of `{t}.{body}`; several while a secret rotates."""
    parts = [part.strip().partition("=") for part in request.headers.get("stripe-signature", "").split(",")]
    told_at = next((value for name, _, value in parts if name == "t"), "")
    signatures = [value.encode() for name, _, value in parts if name == "v1"]
    signed = told_at.encode() + b"." + request.body
    right = [hmac.new(secret.encode(), signed, sha256).hexdigest().encode() for secret in secrets if secret]
    if not any(hmac.compare_digest(one, other) for one in signatures for other in right):
        raise BadSignature("Stripe-Signature no corresponde a ningún secreto de la cuenta")
    if not (told_at.isascii() and told_at.isdecimal()):
        raise BadSignature("Stripe-Signature no dice cuándo")
    if abs(request.at.timestamp() - int(told_at)) > TOLERANCE:
        raise Stale("Stripe-Signature es de hace más de cinco minutos")
    said = _object(request.body)
    return VerifiedDelivery(
        delivery_id=str(said.get("id") or sha256(request.body).hexdigest())[:200],
        told=str(said.get("type") or "")[:100],
        body=request.body,
    )


def hints(delivery: VerifiedDelivery) -> list[PaymentHint]:
    return hints_of(_object(delivery.body))


def hints_of(event: Mapping[str, Any]) -> list[PaymentHint]:
    """Of one event, as a notice or a list brings it: an intent, or a charge or dispute of one."""
    told = str(event.get("type"))
    thing = _dict(_dict(event.get("data")).get("object"))
    intent = thing.get("id") if thing.get("object") == "payment_intent" else thing.get("payment_intent")
    return [PaymentHint(str(intent), TOLD[told])] if told in TOLD and intent else []


def read_intent(body: bytes) -> PaymentEvent:
    """As the API answered it, with its latest charge and what that moved. Raises `NotUnderstood`."""
    intent = _object(body)
    if intent.get("object") != "payment_intent":
        raise NotUnderstood("Stripe contestó algo que no es un PaymentIntent.")
    try:
        return _event(intent, fingerprint=sha256(body).hexdigest())
    except (KeyError, ValueError, TypeError, OverflowError) as odd:
        raise NotUnderstood(f"Un PaymentIntent de Stripe no se entiende: {odd!r}") from odd


def _event(intent: dict[str, Any], *, fingerprint: str) -> PaymentEvent:
    charge, asked = _dict(intent.get("latest_charge")), int(intent["amount"])
    came = int(intent["amount_received"]) if intent["status"] == "succeeded" else asked
    amount = from_cents(came)
    kind = _kind(intent, charge)
    moved = _dict(charge.get("balance_transaction"))
    # What an account of another currency was charged is no part of this amount.
    same = str(moved.get("currency") or intent["currency"]).lower() == str(intent["currency"]).lower()
    fee = from_cents(int(moved["fee"])) if same and moved.get("fee") is not None else None
    pay = _dict(charge.get("payment_method_details"))
    method = _method(intent, pay)
    return PaymentEvent(
        provider="stripe",
        payment_id=str(intent["id"]),
        kind=kind,
        amount=amount,
        returned=_returned(charge, kind=kind, amount=amount),
        currency=str(intent["currency"]).upper(),
        fee=fee,
        net=None if fee is None else amount - fee,
        paid_at=_instant(charge.get("created")) if intent["status"] == "succeeded" else None,
        method=method,
        forma_pago=FORMA_PAGO[method],
        num_operacion=str(charge.get("id") or "") if intent["status"] == "succeeded" else "",
        our_reference=str(_dict(intent.get("metadata")).get(REFERENCE) or ""),
        provider_reference=str(_dict(pay.get("oxxo")).get("number") or voucher_of(intent).get("number") or ""),
        clabe_destino="",
        clave_rastreo="",
        payer=Payer(name=str(_dict(charge.get("billing_details")).get("name") or "")),
        raw_sha256=fingerprint,
    )


def voucher_of(intent: Mapping[str, Any]) -> dict[str, Any]:
    return _dict(_dict(intent.get("next_action")).get("oxxo_display_details"))


def _kind(intent: dict[str, Any], charge: dict[str, Any]) -> Kind:
    kind = KINDS.get(str(intent["status"]), Kind.PENDING)
    if kind is not Kind.PAID:
        return kind
    if charge.get("disputed"):
        return Kind.CHARGED_BACK
    if int(charge.get("amount_refunded") or 0):
        return Kind.REFUNDED
    return Kind.PARTIALLY_PAID if int(intent["amount_received"]) < int(intent["amount"]) else Kind.PAID


def _returned(charge: dict[str, Any], *, kind: Kind, amount: Decimal) -> Decimal:
    return amount if kind is Kind.CHARGED_BACK else from_cents(int(charge.get("amount_refunded") or 0))


def _method(intent: dict[str, Any], pay: dict[str, Any]) -> str:
    named = str(pay.get("type") or next(iter(intent.get("payment_method_types") or []), ""))
    if named == "card":
        return "debit" if _dict(pay.get("card")).get("funding") == "debit" else "credit"
    return METHODS.get(named, "wallet")


def _instant(epoch: object) -> datetime | None:
    return datetime.fromtimestamp(int(epoch), UTC) if isinstance(epoch, int) and epoch else None


def _object(body: bytes) -> dict[str, Any]:
    try:
        return _dict(json.loads(body))
    except (ValueError, RecursionError):
        return {}


def _dict(said: object) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}
