"""Stripe: vouchers of OXXO (OUTSIDE §3). Its CLABEs fill a balance of the payer's that is no payment yet: not spoken."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx

from amate.adapters.payments import (
    CASH_LEAST,
    CASH_MOST,
    Can,
    Charge,
    ChargeRequest,
    InboundRequest,
    NotUnderstood,
    Page,
    PayAt,
    PayerRef,
    PaymentEvent,
    PaymentHint,
    PersistentReference,
    ProviderAccount,
    ProviderRejected,
    ProviderUnavailable,
    Refund,
    UnknownPayment,
    VerifiedDelivery,
    Way,
    newest_first,
)
from amate.adapters.payments import stripe_wire as wire
from amate.adapters.payments.cents import from_cents, to_cents
from amate.adapters.payments.line import Line
from amate.adapters.payments.newest_first import Sweep

API_URL = "https://api.stripe.com"
VERSION = "2024-06-20"  # the shapes that `stripe_wire` reads
INTENT_ID = re.compile(r"[A-Za-z0-9_]{1,100}")
DAYS = 7  # of a voucher, until its last minute in Mexico City: the most that Stripe gives
WITH_ITS_MONEY = {"expand[0]": "latest_charge.balance_transaction"}


class Stripe:
    """One account."""

    code = "stripe"
    can = frozenset({Can.VOUCHER, Can.REFUND, Can.CANCEL, Can.LIST})

    def __init__(self, account: ProviderAccount, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._account = account
        self._line = Line(account.api_url or API_URL, transport=transport)

    # ------------------------------------------------------------ what the web calls

    def verify(self, request: InboundRequest) -> VerifiedDelivery:
        return wire.verify(request, self._account.webhook_keys)

    def hints(self, delivery: VerifiedDelivery) -> Iterable[PaymentHint]:
        return wire.hints(delivery)

    # ------------------------------------------------------------ what the worker calls

    async def create_charge(self, charge: ChargeRequest, *, idempotency_key: str) -> Charge:
        if charge.way is not Way.CASH:
            raise _only_vouchers()
        if not CASH_LEAST <= charge.amount <= CASH_MOST:
            raise ProviderRejected(
                "amount_limit",
                f"En OXXO se paga de {CASH_LEAST} a {CASH_MOST} pesos por ficha: divide el cobro o usa SPEI.",
            )
        said = {
            "amount": str(to_cents(charge.amount)),
            "currency": charge.currency.lower(),
            "confirm": "true",
            "description": charge.concept[:250],
            "payment_method_types[0]": "oxxo",
            "payment_method_data[type]": "oxxo",
            "payment_method_data[billing_details][name]": charge.payer.name,
            "payment_method_data[billing_details][email]": charge.payer.email,
            "payment_method_options[oxxo][expires_after_days]": str(DAYS),
            f"metadata[{wire.REFERENCE}]": charge.our_reference,
        }
        body = await self._send("POST", "/v1/payment_intents", form=said, key=idempotency_key)
        return _charge(_read(body), our_reference=charge.our_reference)

    async def customer_reference(self, payer: PayerRef, *, way: Way) -> PersistentReference:
        raise _only_vouchers()

    async def prove(self, delivery: VerifiedDelivery) -> VerifiedDelivery | None:
        return None if delivery.proof else delivery  # its signature proved it, or nothing does

    async def fetch(self, payment_id: str) -> PaymentEvent:
        return wire.read_intent(await self._send("GET", _path(payment_id), params=WITH_ITS_MONEY))

    async def list_since(self, cursor: str | None) -> Page[PaymentEvent]:
        """One page of events a call, newest first, and each of their intents asked anew: what an event holds may have
        changed since. Stripe keeps them for thirty days."""
        sweep = Sweep.from_cursor(cursor)
        wanted_of = {f"types[{at}]": told for at, told in enumerate(wire.TOLD)}
        after = {"starting_after": sweep.after} if sweep.after else {}
        page = _read(
            await self._send("GET", "/v1/events", params={"limit": str(newest_first.LIMIT), **after, **wanted_of})
        )
        rows = [one for one in page.get("data") or [] if isinstance(one, dict)]
        met = sweep.met(
            [{**one, "created_at": one.get("created")} for one in rows], has_more=bool(page.get("has_more"))
        )
        found: list[PaymentEvent] = []
        unread: list[str] = []
        for one in dict.fromkeys(hint.payment_id for event in met.fresh for hint in wire.hints_of(event)):
            try:
                found.append(await self.fetch(one))
            except (NotUnderstood, UnknownPayment):
                unread.append(one)
        return Page(tuple(found), met.cursor, met.more, tuple(unread))

    async def refund(self, payment_id: str, amount: Decimal | None, *, idempotency_key: str) -> Refund:
        """What was paid at OXXO does not go back this way (PAY-9): Stripe refuses it in its words."""
        said = {"payment_intent": payment_id}
        if amount is not None:
            said["amount"] = str(to_cents(amount))
        made = _read(await self._send("POST", "/v1/refunds", form=said, key=idempotency_key))
        event = await self.fetch(payment_id)
        return Refund(payment_id=payment_id, refund_id=str(made.get("id") or idempotency_key), returned=event.returned)

    async def cancel(self, charge: Charge) -> None:
        _read(await self._send("POST", f"{_path(charge.charge_id)}/cancel", form={}))

    async def aclose(self) -> None:
        await self._line.aclose()

    # ------------------------------------------------------------ the wire

    async def _send(
        self,
        method: str,
        path: str,
        *,
        form: dict[str, str] | None = None,
        key: str = "",
        params: dict[str, str] | None = None,
    ) -> bytes:
        headers = {"Authorization": f"Bearer {self._account.private_key}", "Stripe-Version": VERSION}
        if key:
            headers["Idempotency-Key"] = key
        reply = await self._line.send(method, path, headers=headers, form=form, params=params)
        if reply.status == 409:  # the same key is being answered now
            raise ProviderUnavailable("busy", "Stripe todavía atiende la misma petición.")
        if reply.status >= 400:
            raise _refusal(reply.status, reply.body)
        return reply.body


def _only_vouchers() -> ProviderRejected:
    return ProviderRejected("way", "Con Stripe se hacen fichas de OXXO: para CLABE o tarjeta usa otro proveedor.")


def _path(payment_id: str) -> str:
    if not INTENT_ID.fullmatch(payment_id):
        raise UnknownPayment("payment_intent", f"{payment_id[:60]!r} no es el id de un PaymentIntent")
    return f"/v1/payment_intents/{payment_id}"


def _read(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError as broken:
        raise ProviderUnavailable("server", "Stripe contestó algo que no es JSON.") from broken
    if not isinstance(answer, dict):
        raise ProviderUnavailable("server", "Stripe contestó algo que no se entiende.")
    return answer


def _charge(intent: dict[str, Any], *, our_reference: str) -> Charge:
    voucher = wire.voucher_of(intent)
    try:
        return Charge(
            charge_id=str(intent["id"]),
            payment_id=str(intent["id"]),
            our_reference=our_reference,
            amount=from_cents(int(intent["amount"])),
            pay_at=(PayAt(Way.CASH, str(voucher["number"]), shops=("OXXO",)),),
            expires_at=datetime.fromtimestamp(int(voucher["expires_after"]), UTC),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as odd:
        raise ProviderUnavailable("server", f"La ficha que dio Stripe no se entiende: {odd!r}") from odd


def _refusal(status: int, body: bytes) -> ProviderRejected:
    """Their words: `{"error": {"code": …, "message": …}}`."""
    try:
        said = dict(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        said = {}
    code = str(said.get("code") or said.get("type") or status)
    words = " ".join(str(said.get("message") or "").split())[:300] or f"HTTP {status}"
    return UnknownPayment(code, words) if status == 404 else ProviderRejected(code, words)
