"""What PayPal's bytes mean (OUTSIDE §3, SIG-4): pure, no network.

A payment is an order: one purchase, whose one capture is the money that came. Refunds stand beside it.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

from amate.adapters.payments import (
    FORMA_PAGO,
    MONEY_CAME,
    BadSignature,
    InboundRequest,
    Kind,
    NotUnderstood,
    Payer,
    PaymentEvent,
    PaymentHint,
    VerifiedDelivery,
)
from amate.adapters.payments.cents import from_text

MARK = "amate:"  # before our reference in `custom_id`: an order without it is somebody else's, and never collected
DROPPED = "amate-cancelado"
CAPTURE = "capture/"  # before an id that is a capture's: which order it is of must be asked
PROOF = {
    "transmission_id": "paypal-transmission-id",
    "transmission_time": "paypal-transmission-time",
    "transmission_sig": "paypal-transmission-sig",
    "cert_url": "paypal-cert-url",
    "auth_algo": "paypal-auth-algo",
}
LONGEST_PROOF = 1000
TOLD = {
    "CHECKOUT.ORDER.APPROVED": None,
    "CHECKOUT.ORDER.COMPLETED": Kind.PAID,
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED": Kind.EXPIRED,
    "PAYMENT.CAPTURE.COMPLETED": Kind.PAID,
    "PAYMENT.CAPTURE.PENDING": Kind.PENDING,
    "PAYMENT.CAPTURE.DENIED": Kind.FAILED,
    "PAYMENT.CAPTURE.DECLINED": Kind.FAILED,
    "PAYMENT.CAPTURE.REFUNDED": Kind.REFUNDED,
    "PAYMENT.CAPTURE.REVERSED": Kind.CHARGED_BACK,
}
CAPTURES = {
    "COMPLETED": Kind.PAID,
    "PARTIALLY_REFUNDED": Kind.REFUNDED,
    "REFUNDED": Kind.REFUNDED,
    "REVERSED": Kind.CHARGED_BACK,
    "DECLINED": Kind.FAILED,
    "DENIED": Kind.FAILED,
    "FAILED": Kind.FAILED,
}


def verify(request: InboundRequest, webhook_ids: Iterable[str]) -> VerifiedDelivery:
    """That it has the form of one. Only PayPal can say that it is: its certificate's address comes with the notice, and who
    forges one would choose that too (SIG-4)."""
    if not any(webhook_ids):
        raise BadSignature("falta el ID del webhook con el que PayPal prueba sus avisos")
    proof = {name: request.headers.get(header, "") for name, header in PROOF.items()}
    if not all(0 < len(value) <= LONGEST_PROOF and value.isascii() for value in proof.values()):
        raise BadSignature("le falta un encabezado de PayPal")
    said = read_object(request.body)
    if not said:
        raise BadSignature("no es un aviso de PayPal")
    # Of what nobody proved yet the name is not believed either: whoever said it first would keep the true one out.
    name = sha256(request.body + b"\0" + proof["transmission_sig"].encode()).hexdigest()
    return VerifiedDelivery(
        delivery_id=name, told=str(said.get("event_type") or "")[:100], body=request.body, proof=proof
    )


def question_of(delivery: VerifiedDelivery, webhook_id: str) -> bytes:
    """What PayPal is asked of a notice: its event byte for byte, because written anew its signature is another's."""
    head = json.dumps({**delivery.proof, "webhook_id": webhook_id})
    return head[:-1].encode() + b', "webhook_event":' + delivery.body + b"}"


def proved(delivery: VerifiedDelivery) -> VerifiedDelivery:
    """Under the name that PayPal gave its event, which is the same each time it tells it."""
    name = _text(read_object(delivery.body).get("id")) or delivery.delivery_id
    return VerifiedDelivery(name[:200], delivery.told, delivery.body)


def hints(delivery: VerifiedDelivery) -> list[PaymentHint]:
    return hints_of(read_object(delivery.body))


def hints_of(event: Mapping[str, Any]) -> list[PaymentHint]:
    """Of one event, as a notice or the list brings it: an order, a capture of one, or what went back of a capture."""
    told, thing = str(event.get("event_type")), _dict(event.get("resource"))
    if told not in TOLD:
        return []
    if told == "CHECKOUT.PAYMENT-APPROVAL.REVERSED":
        wanted = _text(thing.get("order_id"))
    elif told.startswith("CHECKOUT."):
        wanted = _text(thing.get("id"))
    else:
        wanted = order_of_capture(thing) or _named(_up(thing) or _text(thing.get("id")))
    return [PaymentHint(wanted, TOLD[told])] if wanted else []


def order_of_capture(capture: Mapping[str, Any]) -> str:
    """Empty where it does not tell."""
    return _text(_dict(_dict(capture.get("supplementary_data")).get("related_ids")).get("order_id"))


def events_of(page: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The events of a page with their instants as seconds, and where the next one begins; empty if there is none."""
    rows = [one for one in page.get("events") or [] if isinstance(one, dict)]
    try:
        events = [{**one, "created_at": int(_instant(one.get("create_time")).timestamp())} for one in rows]
    except ValueError as odd:
        raise NotUnderstood(f"Los eventos de PayPal no se entienden: {odd}") from odd
    links = [_dict(one) for one in page.get("links") or []]
    href = next((str(one.get("href")) for one in links if one.get("rel") == "next"), "")
    said = parse_qs(urlsplit(href).query)
    after = " ".join(said.get(name, [""])[0] for name in ("index_time", "index_id")).strip()
    return events, after


def params_after(after: str) -> dict[str, str]:
    at, _, which = after.partition(" ")
    return {"move_to": "next", "index_time": at, "index_id": which} if after else {}


def is_to_be_taken(order: Mapping[str, Any]) -> bool:
    """Its payer agreed, and it is one of ours."""
    return order.get("status") == "APPROVED" and _text(_bought(order).get("custom_id")).startswith(MARK)


def capture_of(order: Mapping[str, Any]) -> dict[str, Any]:
    """The one that counts: of several the one whose money came, or the last that was tried."""
    found = [_dict(one) for one in _dict(_bought(order).get("payments")).get("captures") or []]
    came = [one for one in found if CAPTURES.get(str(one.get("status"))) in MONEY_CAME]
    return [{}, *found, *came][-1]


def page_of(order: Mapping[str, Any]) -> str:
    """Where its payer agrees."""
    links = [_dict(one) for one in order.get("links") or []]
    return next((str(one.get("href")) for one in links if one.get("rel") in ("payer-action", "approve")), "")


def read_order(body: bytes) -> PaymentEvent:
    """As the API answered it. Raises `NotUnderstood`."""
    order = read_object(body)
    try:
        return _event(order, fingerprint=sha256(body).hexdigest())
    except (KeyError, ValueError, TypeError, OverflowError) as odd:
        raise NotUnderstood(f"Una orden de PayPal no se entiende: {odd!r}") from odd


def asked_of(order: Mapping[str, Any]) -> Decimal:
    """What it asks for. Raises KeyError, ValueError."""
    return from_text(_bought(order)["amount"]["value"])


def _event(order: dict[str, Any], *, fingerprint: str) -> PaymentEvent:
    bought, capture = _bought(order), capture_of(order)
    asked, named = asked_of(order), _text(bought.get("custom_id"))
    said = capture.get("amount") or bought["amount"]
    amount, currency = from_text(said["value"]), str(said["currency_code"])
    kind = _kind(order, capture)
    if kind is Kind.PAID and amount < asked:
        kind = Kind.PARTIALLY_PAID
    returned = _returned(bought, capture, kind=kind, amount=amount)
    if kind is Kind.PAID and returned:
        kind = Kind.REFUNDED
    fee = _fee(capture, currency)
    method, came = _method(order), kind in MONEY_CAME
    return PaymentEvent(
        provider="paypal",
        payment_id=str(order["id"]),
        kind=kind,
        amount=amount,
        returned=returned,
        currency=currency,
        fee=fee,
        net=None if fee is None else amount - fee,
        paid_at=_instant(capture.get("create_time")) if came else None,
        method=method,
        forma_pago=FORMA_PAGO[method],
        num_operacion=_text(capture.get("id")) if came else "",
        our_reference=named.removeprefix(MARK) if named.startswith(MARK) else "",
        provider_reference="",
        clabe_destino="",
        clave_rastreo="",
        payer=Payer(name=_payer(order)),
        raw_sha256=fingerprint,
    )


def _kind(order: Mapping[str, Any], capture: Mapping[str, Any]) -> Kind:
    if capture:
        return CAPTURES.get(str(capture.get("status")), Kind.PENDING)
    gone = order["status"] == "VOIDED" or _bought(order).get("custom_id") == DROPPED
    return Kind.EXPIRED if gone else Kind.PENDING


def _returned(bought: Mapping[str, Any], capture: Mapping[str, Any], *, kind: Kind, amount: Decimal) -> Decimal:
    if kind is Kind.CHARGED_BACK:
        return amount
    listed = [_dict(one) for one in _dict(bought.get("payments")).get("refunds") or []]
    told = sum((from_text(one["amount"]["value"]) for one in listed if one.get("status") == "COMPLETED"), Decimal(0))
    if capture.get("status") == "REFUNDED" and not told:
        return amount
    return min(told.quantize(Decimal("0.01")), amount)


def _fee(capture: Mapping[str, Any], currency: str) -> Decimal | None:
    said = _dict(_dict(capture.get("seller_receivable_breakdown")).get("paypal_fee"))
    return from_text(said["value"]) if said.get("currency_code") == currency else None


def _method(order: Mapping[str, Any]) -> str:
    card = _dict(_dict(order.get("payment_source")).get("card"))
    if not card:
        return "wallet"
    return "debit" if card.get("type") == "DEBIT" else "credit"


def _payer(order: Mapping[str, Any]) -> str:
    source = _dict(order.get("payment_source"))
    name = _dict(_dict(source.get("paypal")).get("name") or _dict(order.get("payer")).get("name"))
    return " ".join(_text(name.get(part)) for part in ("given_name", "surname")).strip()


def _bought(order: Mapping[str, Any]) -> dict[str, Any]:
    units = order.get("purchase_units")
    return _dict(units[0]) if isinstance(units, list) and units else {}


def _up(thing: Mapping[str, Any]) -> str:
    """Of a refund: the capture that it is of."""
    links = [_dict(one) for one in thing.get("links") or []]
    href = next((str(one.get("href")) for one in links if one.get("rel") == "up"), "")
    return urlsplit(href).path.rpartition("/")[2]


def _named(capture: str) -> str:
    return CAPTURE + capture if capture else ""


def _instant(said: object) -> datetime:
    at = datetime.fromisoformat(str(said))
    if at.tzinfo is None:
        raise ValueError(f"{said!r} has no zone")
    return at


def _text(said: object) -> str:
    return said if isinstance(said, str) else ""


def read_object(body: bytes) -> dict[str, Any]:
    """Empty for what is none."""
    try:
        return _dict(json.loads(body))
    except (ValueError, RecursionError):
        return {}


def _dict(said: object) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}
