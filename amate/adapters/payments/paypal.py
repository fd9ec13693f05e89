"""PayPal: a page where a debt is paid, made when somebody wants to (OUTSIDE §3). Its payer agrees there; we take the money.

A client of our own: seven calls, of a wire that the house's line already carries (decision 0039).
"""

import base64
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import httpx

from amate.adapters.payments import (
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
from amate.adapters.payments import paypal_wire as wire
from amate.adapters.payments.cents import to_text
from amate.adapters.payments.line import Line
from amate.adapters.payments.newest_first import Sweep

API_URL = "https://api-m.paypal.com"
THEIR_ID = re.compile(r"[A-Za-z0-9-]{1,60}")
MXN = "MXN"
# Nobody takes the money of such an order, and to ask again changes nothing: what it is now says the rest.
NOT_TAKEN = frozenset(
    {"ORDER_ALREADY_CAPTURED", "ORDER_NOT_APPROVED", "ORDER_EXPIRED", "INSTRUMENT_DECLINED", "PAYER_ACTION_REQUIRED"}
)


class PayPal:
    """One account, whose `private_key` is `client id:secret`."""

    code = "paypal"
    can = frozenset({Can.WALLET, Can.CARD_LINK, Can.REFUND, Can.CANCEL, Can.LIST})

    def __init__(self, account: ProviderAccount, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._account = account
        self._line = Line(account.api_url or API_URL, transport=transport)
        self._token = ""

    # ------------------------------------------------------------ what the web calls

    def verify(self, request: InboundRequest) -> VerifiedDelivery:
        return wire.verify(request, self._account.webhook_keys)

    def hints(self, delivery: VerifiedDelivery) -> Iterable[PaymentHint]:
        return wire.hints(delivery)

    # ------------------------------------------------------------ what the worker calls

    async def create_charge(self, charge: ChargeRequest, *, idempotency_key: str) -> Charge:
        if charge.way is not Way.CARD:
            raise _only_pages()
        if charge.currency != MXN:
            raise ProviderRejected("currency", "Con PayPal se cobra en pesos: elige otra forma para esta moneda.")
        order = await self._ask(
            "POST",
            "/v2/checkout/orders",
            key=idempotency_key,
            json={
                "intent": "CAPTURE",
                "purchase_units": [
                    {
                        "custom_id": wire.MARK + charge.our_reference,
                        "description": charge.concept[:127],
                        "amount": {"currency_code": charge.currency, "value": to_text(charge.amount)},
                    }
                ],
                "payment_source": {
                    "paypal": {
                        "experience_context": {
                            "user_action": "PAY_NOW",
                            "shipping_preference": "NO_SHIPPING",
                            "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",
                            "locale": "es-MX",
                            "return_url": charge.back_url,
                            "cancel_url": charge.back_url,
                        }
                    }
                },
            },
        )
        page = wire.page_of(order)
        if not page.startswith("https://") or not isinstance(order.get("id"), str):
            raise ProviderUnavailable("server", "PayPal hizo la orden y no dijo en qué página se paga.")
        return Charge(
            charge_id=order["id"],
            payment_id=order["id"],
            our_reference=charge.our_reference,
            amount=charge.amount,
            pay_at=(PayAt(Way.CARD, order["id"], url=page),),
            expires_at=None,
        )

    async def customer_reference(self, payer: PayerRef, *, way: Way) -> PersistentReference:
        raise _only_pages()

    async def prove(self, delivery: VerifiedDelivery) -> VerifiedDelivery | None:
        for webhook_id in self._account.webhook_keys:
            said = await self._ask(
                "POST",
                "/v1/notifications/verify-webhook-signature",
                content=wire.question_of(delivery, webhook_id),
            )
            if said.get("verification_status") == "SUCCESS":
                return wire.proved(delivery)
        return None

    async def fetch(self, payment_id: str) -> PaymentEvent:
        order = payment_id
        if payment_id.startswith(wire.CAPTURE):
            capture = payment_id.removeprefix(wire.CAPTURE)
            order = wire.order_of_capture(await self._ask("GET", f"/v2/payments/captures/{_whole(capture)}"))
            if not order:
                raise UnknownPayment("capture", f"El cobro {capture} de PayPal no es de una orden.")
        return wire.read_order(await self._order(order))

    async def list_since(self, cursor: str | None) -> Page[PaymentEvent]:
        """One page of events a call, newest first, and each of their orders asked anew: what an event holds may have
        changed since. PayPal keeps those of a webhook that is registered, for thirty days."""
        sweep = Sweep.from_cursor(cursor)
        params = {"page_size": str(newest_first.LIMIT), **wire.params_after(sweep.after)}
        page = await self._ask("GET", "/v1/notifications/webhooks-events", params=params)
        events, after = wire.events_of(page)
        if events:
            events[-1]["id"] = after
        met = sweep.met(events, has_more=bool(after))
        found: dict[str, PaymentEvent] = {}
        unread: list[str] = []
        for one in dict.fromkeys(hint.payment_id for event in met.fresh for hint in wire.hints_of(event)):
            if one in found:
                continue
            try:
                event = await self.fetch(one)
            except (NotUnderstood, UnknownPayment):
                unread.append(one)
            else:
                found[event.payment_id] = event
        return Page(tuple(found.values()), met.cursor, met.more, tuple(unread))

    async def refund(self, payment_id: str, amount: Decimal | None, *, idempotency_key: str) -> Refund:
        capture = str(wire.capture_of(wire.read_object(await self._order(payment_id))).get("id") or "")
        if not capture:
            raise ProviderRejected("capture", "De esa orden de PayPal no ha entrado dinero: no hay qué devolver.")
        said = {} if amount is None else {"amount": {"currency_code": MXN, "value": to_text(amount)}}
        made = await self._ask(
            "POST", f"/v2/payments/captures/{_whole(capture)}/refund", json=said, key=idempotency_key
        )
        event = await self.fetch(payment_id)
        return Refund(payment_id=payment_id, refund_id=str(made.get("id") or idempotency_key), returned=event.returned)

    async def cancel(self, charge: Charge) -> None:
        """An order cannot be closed: without our mark nobody takes what its payer may still agree to."""
        drop = {"op": "replace", "path": "/purchase_units/@reference_id=='default'/custom_id", "value": wire.DROPPED}
        await self._send("PATCH", f"/v2/checkout/orders/{_whole(charge.charge_id)}", json=[drop])

    async def aclose(self) -> None:
        await self._line.aclose()

    # ------------------------------------------------------------ the wire

    async def _order(self, order: str) -> bytes:
        """As it stands once what was agreed to is taken."""
        path = f"/v2/checkout/orders/{_whole(order)}"
        body = await self._send("GET", path)
        if not wire.is_to_be_taken(wire.read_object(body)):
            return body
        try:
            await self._send("POST", f"{path}/capture", json={}, key=f"capture-{order}")
        except ProviderRejected as no:
            if no.code not in NOT_TAKEN:
                raise
        return await self._send("GET", path)

    async def _ask(self, method: str, path: str, **said: Any) -> dict[str, Any]:
        answer = wire.read_object(await self._send(method, path, **said))
        if not answer:
            raise ProviderUnavailable("server", "PayPal contestó algo que no se entiende.")
        return answer

    async def _send(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        content: bytes | None = None,
        key: str = "",
        params: dict[str, str] | None = None,
    ) -> bytes:
        headers = {"Authorization": f"Bearer {await self._allowed()}", "Prefer": "return=representation"}
        if key:
            headers["PayPal-Request-Id"] = key
        if content is not None:
            headers["Content-Type"] = "application/json"
        reply = await self._line.send(method, path, headers=headers, json=json, content=content, params=params)
        if reply.status >= 400:
            raise _refusal(reply.status, reply.body)
        return reply.body

    async def _allowed(self) -> str:
        """Once a client, which lives for one job."""
        if not self._token:
            basic = base64.b64encode(self._account.private_key.encode()).decode()
            reply = await self._line.send(
                "POST",
                "/v1/oauth2/token",
                headers={"Authorization": f"Basic {basic}"},
                form={"grant_type": "client_credentials"},
            )
            self._token = str(wire.read_object(reply.body).get("access_token") or "")
            if not self._token.isascii() or not self._token.isprintable() or not self._token:
                raise ProviderUnavailable("server", "PayPal no dio permiso para preguntarle: revisa su llave.")
        return self._token


def _only_pages() -> ProviderRejected:
    return ProviderRejected("way", "Con PayPal se paga en su página: para efectivo o CLABE usa otro proveedor.")


def _whole(their_id: str) -> str:
    if not THEIR_ID.fullmatch(their_id):
        raise UnknownPayment("order", f"{their_id[:60]!r} no es un id de PayPal")
    return their_id


def _refusal(status: int, body: bytes) -> ProviderRejected:
    """Their words: `{"name": …, "message": …, "details": [{"issue": …, "description": …}]}`."""
    said = wire.read_object(body)
    listed = said.get("details")
    detail = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    code = str(detail.get("issue") or said.get("name") or said.get("error") or status)
    words = " ".join(str(detail.get("description") or said.get("message") or "").split())[:300] or f"HTTP {status}"
    return UnknownPayment(code, words) if status == 404 else ProviderRejected(code, words)
