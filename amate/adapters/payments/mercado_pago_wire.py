"""What Mercado Pago's bytes mean (OUTSIDE §3, SIG-2): pure, no network.

A payment is an order. What came stands in its transactions; when, and what was kept as a fee, in the payment beside it,
which an older part of the same API tells under our reference.
"""

import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
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
from amate.adapters.payments.cents import from_text

MARK = "amate-"  # before our reference: one account also takes sales that are nobody's debt here
PAYMENT = "payment/"  # before an id of the older part: which order it is of must be asked
THEIR_ID = re.compile(r"[A-Za-z0-9]{1,60}")
# It tells again for hours, and nobody says whether it signs anew; that it counts once is what the inbox sees to.
TOLERANCE = timedelta(days=1)
MILLISECONDS = 10**12  # both units are met
ORDERS, PAYMENTS, CHARGEBACKS = "order", "payment", "topic_chargebacks_wh"
METHODS = {
    "ticket": "cash",
    "atm": "cash",
    "bank_transfer": "spei",
    "credit_card": "credit",
    "debit_card": "debit",
    "prepaid_card": "debit",
}
CAME = frozenset({"processed", "refunded", "charged_back"})
OURS_AGAIN = "reimbursed"  # of a chargeback that the merchant won
ENDED = {"expired": Kind.EXPIRED, "canceled": Kind.EXPIRED, "failed": Kind.FAILED}
MOVED = frozenset({"approved", "refunded", "charged_back", "in_mediation", "cancelled"})
OF_MEXICO = frozenset({"MEX", "MX"})


def verify(request: InboundRequest, secrets: Iterable[str]) -> VerifiedDelivery:
    """SIG-2: `ts=…,v1=…`, where v1 is HMAC-SHA256 of `id:…;request-id:…;ts:…;`. The body is not signed: it is read only
    where it tells of the id that is."""
    parts = [part.strip().partition("=") for part in request.headers.get("x-signature", "").split(",")]
    told_at = next((value for name, _, value in parts if name == "ts"), "")
    signatures = [value.encode() for name, _, value in parts if name == "v1"]
    about = request.query.get("data.id", "")
    request_id = request.headers.get("x-request-id", "")
    texts = [signed_text(one, request_id, told_at) for one in dict.fromkeys((about, about.lower()))]
    right = [hmac.new(key.encode(), text, sha256).hexdigest().encode() for key in secrets if key for text in texts]
    if not any(hmac.compare_digest(one, other) for one in signatures for other in right):
        raise BadSignature("x-signature no corresponde a ningún secreto de la cuenta")
    if not (told_at.isascii() and told_at.isdecimal() and len(told_at) < 20):
        raise BadSignature("x-signature no dice cuándo")
    seconds = int(told_at) / (1000 if int(told_at) >= MILLISECONDS else 1)
    if abs(request.at.timestamp() - seconds) > TOLERANCE.total_seconds():
        raise Stale("x-signature es de hace más de un día")
    said = read_object(request.body)
    if _name(_dict(said.get("data")).get("id")).lower() != about.lower():
        raise BadSignature("el cuerpo habla de otra cosa que la firmada")
    return VerifiedDelivery(
        delivery_id=f"{about.lower()} {request_id} {told_at}"[:200],
        told=(_text(said.get("action")) or _text(said.get("type")))[:100],
        body=request.body,
    )


def signed_text(about: str, request_id: str, told_at: str) -> bytes:
    """Absent parts are left out.

    >>> signed_text("1", "", "9")
    b'id:1;ts:9;'
    """
    pairs = (("id", about), ("request-id", request_id), ("ts", told_at))
    return "".join(f"{name}:{value};" for name, value in pairs if value).encode()


def hints(delivery: VerifiedDelivery) -> list[PaymentHint]:
    """Of an order, of a payment, or of a chargeback, which names the payment it is of."""
    said = read_object(delivery.body)
    data, topic = _dict(said.get("data")), _text(said.get("type"))
    if topic == ORDERS and not _is_anothers(data):
        wanted = _name(data.get("id"))
    elif topic in (PAYMENTS, CHARGEBACKS):
        of = _name(data.get("id" if topic == PAYMENTS else "payment_id"))
        wanted = PAYMENT + of if of else ""
    else:
        wanted = ""
    return [PaymentHint(wanted, None)] if wanted else []


def _is_anothers(order: Mapping[str, Any]) -> bool:
    named = _text(order.get("external_reference"))
    return bool(named) and not named.startswith(MARK)


def reference_of(thing: Mapping[str, Any]) -> str:
    """Ours, of an order or a payment; empty for a sale that is not of this product."""
    named = _text(thing.get("external_reference"))
    return named.removeprefix(MARK) if named.startswith(MARK) else ""


def moved_payments(page: Mapping[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """The rows of a page, each with the second in which it last moved. Raises `NotUnderstood`."""
    rows = [one for one in page.get("results") or [] if isinstance(one, dict)]
    try:
        return [(int(instant(one["date_last_updated"]).timestamp()), one) for one in rows]
    except (KeyError, ValueError) as odd:
        raise NotUnderstood(f"Los pagos de Mercado Pago no se entienden: {odd!r}") from odd


def is_worth_asking(payment: Mapping[str, Any]) -> bool:
    """Ours, and something became of it."""
    return bool(reference_of(payment)) and payment.get("status") in MOVED


def days_of(payment: Mapping[str, Any]) -> tuple[str, str]:
    """Between which instants its order was made; thirty days is the most that may be asked. Raises `NotUnderstood`."""
    try:
        made = instant(payment["date_created"])
    except (KeyError, ValueError) as odd:
        raise NotUnderstood(f"Un pago de Mercado Pago no se entiende: {odd!r}") from odd
    return as_text(made - timedelta(days=29, hours=12)), as_text(made + timedelta(hours=6))


def order_named(page: Mapping[str, Any], reference: str) -> str:
    """The id of the order that bears it; empty if none of them does."""
    rows = [_dict(one) for one in page.get("data") or []]
    return next((_text(one.get("id")) for one in rows if reference_of(one) == reference), "")


def read_order(body: bytes, *, payments: Sequence[Mapping[str, Any]] = ()) -> PaymentEvent:
    """As the API answered it; `payments`: what the older part tells under its reference. Raises `NotUnderstood`."""
    order = read_object(body)
    try:
        return _event(order, payments, fingerprint=sha256(body).hexdigest())
    except (KeyError, ValueError, TypeError, OverflowError) as odd:
        raise NotUnderstood(f"Una orden de Mercado Pago no se entiende: {odd!r}") from odd


def money_came(order: Mapping[str, Any]) -> bool:
    return any(one.get("status") in CAME for one in transactions(order, "payments"))


def _event(order: dict[str, Any], payments: Sequence[Mapping[str, Any]], *, fingerprint: str) -> PaymentEvent:
    mine = reference_of(order)
    rows = transactions(order, "payments")
    came = [one for one in rows if one.get("status") in CAME] if mine else []
    asked = from_text(order["total_amount"])
    amount = sum((from_text(one.get("paid_amount") or one["amount"]) for one in came), Decimal("0.00")) or asked
    returned = min(_returned(order, came), amount)
    beside = _beside(payments, amount) if came else {}
    shown = [{}, *rows, *came][-1]
    pay = _dict(shown.get("payment_method"))
    method, currency = METHODS.get(_text(pay.get("type")), "wallet"), _currency(order, beside)
    fee = _fee(beside, currency)
    held = _text(pay.get("reference"))
    return PaymentEvent(
        provider="mercado_pago",
        payment_id=THEIR_ID.fullmatch(order["id"])[0],  # type: ignore[index]
        kind=_kind(order, came, mine=mine, amount=amount, asked=asked, returned=returned),
        amount=amount,
        returned=returned,
        currency=currency,
        fee=fee,
        net=None if fee is None else amount - fee,
        paid_at=instant(beside.get("date_approved") or order["last_updated_date"]) if came else None,
        method=method,
        forma_pago=FORMA_PAGO[method],
        num_operacion=(_name(beside.get("id")) or _text(shown.get("id"))) if came else "",
        our_reference=mine,
        provider_reference=held,
        clabe_destino=held if method == "spei" else "",
        clave_rastreo="",
        payer=Payer(name=_payer(beside)),
        raw_sha256=fingerprint,
    )


def _kind(
    order: Mapping[str, Any],
    came: Sequence[Mapping[str, Any]],
    *,
    mine: str,
    amount: Decimal,
    asked: Decimal,
    returned: Decimal,
) -> Kind:
    """A sale that is not of this product is no money here, whatever became of it."""
    if not mine:
        return Kind.PENDING
    if not came:
        return ENDED.get(str(order["status"]), Kind.PENDING)
    if any(_was_taken_back(one) for one in came):
        return Kind.CHARGED_BACK
    if returned:
        return Kind.REFUNDED
    return Kind.PARTIALLY_PAID if amount < asked else Kind.PAID


def _returned(order: Mapping[str, Any], came: Sequence[Mapping[str, Any]]) -> Decimal:
    """A refund is listed once; one that is told only by the state of its payment is of all of it."""
    back = Decimal("0.00")
    listed = [one for one in transactions(order, "refunds") if one.get("status") in (None, "processed", "refunded")]
    for one in came:
        whole = from_text(one.get("paid_amount") or one["amount"])
        told = sum((from_text(row["amount"]) for row in listed if _of(row, one, came)), Decimal("0.00"))
        gone = _was_taken_back(one) or (not told and "refunded" in (one.get("status"), one.get("status_detail")))
        back += whole if gone else min(told, whole)
    return back


def _of(refund: Mapping[str, Any], payment: Mapping[str, Any], came: Sequence[Mapping[str, Any]]) -> bool:
    return refund.get("transaction_id") == payment.get("id") or (not refund.get("transaction_id") and len(came) == 1)


def _was_taken_back(payment: Mapping[str, Any]) -> bool:
    return payment.get("status") == "charged_back" and payment.get("status_detail") != OURS_AGAIN


def _beside(payments: Sequence[Mapping[str, Any]], amount: Decimal) -> Mapping[str, Any]:
    """The payment whose money this is; none where two could be, because a wrong fee is worse than no fee."""
    paid = [one for one in payments if one.get("date_approved")]
    same = [one for one in paid if from_text(one["transaction_amount"]) == amount]
    return same[0] if len(same) == 1 else {}


def _currency(order: Mapping[str, Any], beside: Mapping[str, Any]) -> str:
    said = _text(order.get("currency")) or _text(beside.get("currency_id"))
    if not said and order.get("country_code") in OF_MEXICO:
        return "MXN"
    if not said:
        raise ValueError("it has no currency")
    return said


def _fee(beside: Mapping[str, Any], currency: str) -> Decimal | None:
    """What the merchant bears of it."""
    rows = beside.get("fee_details")
    if not isinstance(rows, list) or beside.get("currency_id") not in (None, currency):
        return None
    ours = [from_text(_dict(one)["amount"]) for one in rows if _dict(one).get("fee_payer") == "collector"]
    return sum(ours, Decimal("0.00"))


def _payer(beside: Mapping[str, Any]) -> str:
    said = _dict(beside.get("payer"))
    return " ".join(_text(said.get(part)) for part in ("first_name", "last_name")).strip()


def transactions(order: Mapping[str, Any], what: str) -> list[dict[str, Any]]:
    return [_dict(one) for one in _dict(order.get("transactions")).get(what) or []]


def instant(said: object) -> datetime:
    """To the second, as the others tell it. Raises ValueError."""
    at = datetime.fromisoformat(str(said)).replace(microsecond=0)
    if at.tzinfo is None:
        raise ValueError(f"{said!r} has no zone")
    return at


def as_text(at: datetime) -> str:
    """
    >>> as_text(datetime(2026, 3, 2, 18, tzinfo=UTC))
    '2026-03-02T18:00:00.000Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _name(said: object) -> str:
    """An id: some are text, some a number."""
    return str(said) if isinstance(said, str | int) and not isinstance(said, bool) else ""


def _text(said: object) -> str:
    return said if isinstance(said, str) else ""


def read_object(body: bytes) -> dict[str, Any]:
    """Empty for what is none. Fractions stay the text that came (PAY-7)."""
    try:
        return _dict(json.loads(body, parse_float=str))
    except (ValueError, RecursionError):
        return {}


def _dict(said: object) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}
