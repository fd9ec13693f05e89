"""Conekta and Digital FEMSA: one wire, two profiles (OUTSIDE §3)."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

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
)
from amate.adapters.payments import conekta_wire as wire
from amate.adapters.payments.cents import from_cents, to_cents
from amate.adapters.payments.line import Line
from amate.adapters.payments.newest_first import Sweep

ORDER_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class Profile:
    """What of the wire differs. `lasting`: the ways it offers, and what it calls a reference for life; `cash`: the least
    and most of one voucher (PAY-9), of which a contract may allow less; `cards`: whether it has a page for them."""

    api_url: str
    accept: str
    lasting: Mapping[Way, str]
    cash: tuple[Decimal, Decimal]
    cards: bool


PROFILES: Mapping[str, Profile] = {
    "conekta": Profile(
        api_url="https://api.conekta.io",
        accept="application/vnd.conekta-v2.3.0+json",
        lasting={Way.CASH: "cash_recurrent", Way.SPEI: "spei_recurrent"},
        cash=(CASH_LEAST, CASH_MOST),
        cards=True,
    ),
    # Its SDK 1.2 knows cash only, at OXXO, and still the older name of a reference for life.
    "digital_femsa": Profile(
        api_url="https://api.digitalfemsa.io",
        accept="application/vnd.app-v2.1.0+json",
        lasting={Way.CASH: "oxxo_recurrent"},
        cash=(CASH_LEAST, CASH_MOST),
        cards=False,
    ),
}


class Conekta:
    """One account. Raises LookupError for a code that is no profile of this wire."""

    def __init__(self, account: ProviderAccount, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._profile = PROFILES[account.code]
        self._account = account
        self._line = Line(account.api_url or self._profile.api_url, transport=transport)
        self.code = account.code
        usual = {Can.VOUCHER, Can.PERSISTENT_REF, Can.PARTIAL, Can.CANCEL, Can.LIST}
        clabe = {Can.CLABE, Can.REFUND} if Way.SPEI in self._profile.lasting else set()
        self.can = frozenset(usual | clabe | ({Can.CARD_LINK} if self._profile.cards else set()))

    # ------------------------------------------------------------ what the web calls

    def verify(self, request: InboundRequest) -> VerifiedDelivery:
        return wire.verify(request, self._account.webhook_keys)

    def hints(self, delivery: VerifiedDelivery) -> Iterable[PaymentHint]:
        return wire.hints(delivery)

    # ------------------------------------------------------------ what the worker calls

    async def create_charge(self, charge: ChargeRequest, *, idempotency_key: str) -> Charge:
        if charge.way is not Way.CARD or not self._profile.cards:
            self._offers(charge.way)
        least, most = self._profile.cash
        if charge.way is Way.CASH and not least <= charge.amount <= most:
            raise ProviderRejected(
                "amount_limit",
                f"En efectivo se paga de {least} a {most} pesos por referencia: divide el cobro o usa SPEI.",
            )
        cents = to_cents(charge.amount)
        order: dict[str, Any] = {
            "currency": charge.currency,
            "customer_info": _customer_info(charge.payer),
            "line_items": [{"name": charge.concept[:250], "unit_price": cents, "quantity": 1}],
            "metadata": {wire.REFERENCE: charge.our_reference},
            **_to_be_paid(charge),
        }
        answer = await self._ask("POST", "/orders", json=order, key=idempotency_key)
        return _charge(answer, our_reference=charge.our_reference)

    async def customer_reference(self, payer: PayerRef, *, way: Way) -> PersistentReference:
        self._offers(way)
        source = {"type": self._profile.lasting[way]}
        key = f"reference-{payer.our_id}-{way.value}"
        if payer.provider_id:
            path = f"/customers/{quote(payer.provider_id, safe='')}/payment_sources"
            made = await self._ask("POST", path, json=source, key=key)
            return _persistent(made, way=way, provider_id=payer.provider_id)
        said = {
            "name": payer.name,
            "email": payer.email,
            "phone": payer.phone,
            "metadata": {wire.REFERENCE: payer.our_id},
            "payment_sources": [source],
        }
        customer = await self._ask("POST", "/customers", json=said, key=key)
        sources = (customer.get("payment_sources") or {}).get("data") or []
        for one in sources:
            if one.get("type") == source["type"]:
                return _persistent(one, way=way, provider_id=str(customer["id"]))
        raise ProviderUnavailable("server", "El proveedor de pagos dio de alta al cliente sin su referencia.")

    async def prove(self, delivery: VerifiedDelivery) -> VerifiedDelivery | None:
        return None if delivery.proof else delivery  # its signature proved it, or nothing does

    async def fetch(self, payment_id: str) -> PaymentEvent:
        return wire.pick(await self._order(payment_id.partition("/")[0]), payment_id)

    async def list_since(self, cursor: str | None) -> Page[PaymentEvent]:
        """One page of events a call, newest first, and each of their orders asked anew: what an event holds may have
        changed since. The cursor is in seconds of theirs, with a minute of overlap."""
        sweep = Sweep.from_cursor(cursor)
        page = await self._ask("GET", "/events", params=sweep.params())
        events = [one for one in page.get("data") or [] if isinstance(one, dict)]
        met = sweep.met(events, has_more=bool(page.get("has_more")))
        wanted = dict.fromkeys(hint.payment_id for event in met.fresh for hint in wire.hints_of(event))
        found: list[PaymentEvent] = []
        unread: list[str] = []
        for order in dict.fromkeys(one.partition("/")[0] for one in wanted):
            try:
                found += [event for event in await self._order(order) if event.payment_id in wanted]
            except (NotUnderstood, UnknownPayment):
                unread += [one for one in wanted if one.partition("/")[0] == order]
        return Page(tuple(found), met.cursor, met.more, tuple(unread))

    async def refund(self, payment_id: str, amount: Decimal | None, *, idempotency_key: str) -> Refund:
        order, _, charge = payment_id.partition("/")
        if amount is None:
            amount = (await self.fetch(payment_id)).kept
        said = {"amount": to_cents(amount), "reason": "requested_by_client", "charge_id": charge}
        body = await self._send("POST", f"/orders/{quote(order, safe='')}/refunds", json=said, key=idempotency_key)
        event = wire.pick(wire.read_order(provider=self.code, body=body), payment_id)
        return Refund(payment_id=payment_id, refund_id=idempotency_key, returned=event.returned)

    async def cancel(self, charge: Charge) -> None:
        await self._ask("POST", f"/orders/{quote(charge.charge_id, safe='')}/cancel")

    async def listen(self, url: str) -> str:
        """Have notices sent to `url`; the public key (PEM) they will be signed with, to keep in the account."""
        made = await self._ask("POST", "/webhook_keys", json={"active": True})
        await self._ask("POST", "/webhooks", json={"url": url, "synchronous": False})
        return str(made["public_key"])

    async def aclose(self) -> None:
        await self._line.aclose()

    # ------------------------------------------------------------ the wire

    def _offers(self, way: Way) -> None:
        if way not in self._profile.lasting:
            raise ProviderRejected("way", "Este proveedor solo cobra en efectivo: para SPEI o tarjeta usa otro.")

    async def _order(self, order: str) -> list[PaymentEvent]:
        if not ORDER_ID.fullmatch(order):
            raise UnknownPayment("order_id", f"{order[:60]!r} no es el id de una orden")
        return wire.read_order(provider=self.code, body=await self._send("GET", f"/orders/{order}"))

    async def _ask(self, method: str, path: str, **said: Any) -> dict[str, Any]:
        body = await self._send(method, path, **said)
        try:
            answer = json.loads(body)
        except ValueError as broken:
            raise ProviderUnavailable("server", "El proveedor de pagos contestó algo que no es JSON.") from broken
        if not isinstance(answer, dict):
            raise ProviderUnavailable("server", "El proveedor de pagos contestó algo que no se entiende.")
        return answer

    async def _send(
        self, method: str, path: str, *, json: object = None, key: str = "", params: dict[str, str] | None = None
    ) -> bytes:
        headers = {
            "Accept": self._profile.accept,
            "Accept-Language": "es",
            "Authorization": f"Bearer {self._account.private_key}",
        }
        if key:
            headers["Idempotency-Key"] = key
        reply = await self._line.send(method, path, headers=headers, json=json, params=params)
        if reply.status >= 400:
            raise _refusal(reply.status, reply.body)
        return reply.body


def _customer_info(payer: PayerRef) -> dict[str, Any]:
    if payer.provider_id:
        return {"customer_id": payer.provider_id}
    return {"name": payer.name, "email": payer.email, "phone": payer.phone}


def _to_be_paid(charge: ChargeRequest) -> dict[str, Any]:
    until = int(charge.expires_at.timestamp())
    if charge.way is not Way.CARD:
        return {"charges": [{"payment_method": {"type": charge.way.value, "expires_at": until}}]}
    back = {"success_url": charge.back_url, "failure_url": charge.back_url} if charge.back_url else {}
    return {"checkout": {"type": "HostedPayment", "allowed_payment_methods": ["card"], "expires_at": until, **back}}


def _charge(order: dict[str, Any], *, our_reference: str) -> Charge:
    try:
        if order.get("checkout"):
            page = order["checkout"]
            return Charge(
                charge_id=str(order["id"]),
                payment_id="",
                our_reference=our_reference,
                amount=from_cents(int(order["amount"])),
                pay_at=(PayAt(Way.CARD, str(page["id"]), url=str(page["url"])),),
                expires_at=datetime.fromtimestamp(int(page["expires_at"]), UTC),
            )
        charges = order["charges"]["data"]
        pays = [one["payment_method"] for one in charges]
        until = pays[0].get("expires_at")
        return Charge(
            charge_id=str(order["id"]),
            payment_id=f"{order['id']}/{charges[0]['id']}",
            our_reference=our_reference,
            amount=from_cents(int(order["amount"])),
            pay_at=tuple(_pay_at(one) for one in pays),
            expires_at=datetime.fromtimestamp(int(until), UTC) if until else None,
        )
    except (KeyError, IndexError, TypeError, ValueError) as odd:
        raise ProviderUnavailable("server", f"La orden que dio el proveedor no se entiende: {odd!r}") from odd


def _pay_at(pay: dict[str, Any]) -> PayAt:
    if pay.get("clabe"):
        return PayAt(Way.SPEI, str(pay["clabe"]), bank=str(pay.get("bank") or ""))
    shops = pay.get("store_names") or ([pay["store_name"]] if pay.get("store_name") else [])
    return PayAt(
        Way.CASH,
        str(pay["reference"]),
        barcode_url=str(pay.get("barcode_url") or ""),
        agreement=str(pay.get("agreement") or ""),
        shops=tuple(str(shop) for shop in shops),
    )


def _persistent(source: dict[str, Any], *, way: Way, provider_id: str) -> PersistentReference:
    if not source.get("reference"):
        raise ProviderUnavailable("server", "El proveedor de pagos dio una fuente de pago sin referencia.")
    return PersistentReference(
        way=way,
        reference=str(source["reference"]),
        source_id=str(source.get("id") or ""),
        provider_id=provider_id,
        bank=str(source.get("bank") or ""),
        barcode_url=str(source.get("barcode_url") or ""),
    )


def _refusal(status: int, body: bytes) -> ProviderRejected:
    """Their words: `{"type": …, "details": [{"code": …, "message": …}]}`."""
    try:
        said = json.loads(body)
        detail = (said.get("details") or [{}])[0]
        code = str(detail.get("code") or said.get("type") or status)
        message = str(detail.get("message") or detail.get("debug_message") or "")
    except (ValueError, AttributeError, IndexError, TypeError):
        code, message = str(status), ""
    words = " ".join(message.split())[:300] or f"HTTP {status}"
    return UnknownPayment(code, words) if status == 404 else ProviderRejected(code, words)
