"""Mercado Pago's Orders API: vouchers of OXXO, CLABEs, and a page for a card or what stands in its wallet (OUTSIDE §3).

A client of our own (decision 0047): its orders say what came, and the payments of its older part when, at what fee, and
what moved since.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

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
from amate.adapters.payments import mercado_pago_wire as wire
from amate.adapters.payments.cents import from_text, to_text
from amate.adapters.payments.line import Line
from amate.adapters.payments.newest_first import Sweep

API_URL = "https://api.mercadopago.com"
DAYS = 29  # of whatever is to be paid; thirty are the most, counted from its own clock
LAG = 600  # seconds: what moved is listed some time after it did
NUMBER = re.compile(r"[0-9]{1,30}")
METHODS: Mapping[Way, dict[str, str]] = {
    Way.CASH: {"id": "oxxo", "type": "ticket"},
    Way.SPEI: {"id": "clabe", "type": "bank_transfer"},
}


class MercadoPago:
    """One account, whose `private_key` is its access token."""

    code = "mercado_pago"
    can = frozenset({Can.VOUCHER, Can.CLABE, Can.CARD_LINK, Can.WALLET, Can.REFUND, Can.CANCEL, Can.LIST})

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
        if charge.currency != "MXN":
            raise ProviderRejected("currency", "Con Mercado Pago se cobra en pesos: elige otra forma.")
        if charge.way is Way.CASH and not CASH_LEAST <= charge.amount <= CASH_MOST:
            raise ProviderRejected(
                "amount_limit",
                f"En OXXO se paga de {CASH_LEAST} a {CASH_MOST} pesos por ficha: divide el cobro o usa SPEI.",
            )
        first, _, last = charge.payer.name.partition(" ")
        amount = to_text(charge.amount)
        said: dict[str, Any] = {
            "type": "online",
            "external_reference": wire.MARK + charge.our_reference,
            "total_amount": amount,
            "expiration_time": f"P{DAYS}D",
            "payer": {"email": charge.payer.email, "first_name": first, "last_name": last or first},
            **(_on_a_page(charge) if charge.way is Way.CARD else _at_once(amount, METHODS[charge.way])),
        }
        order = await self._ask("POST", "/v1/orders", json=said, key=idempotency_key)
        return _charge(order, way=charge.way, our_reference=charge.our_reference)

    async def customer_reference(self, payer: PayerRef, *, way: Way) -> PersistentReference:
        raise ProviderRejected("way", "Mercado Pago no da referencias de por vida: para eso usa otro proveedor.")

    async def prove(self, delivery: VerifiedDelivery) -> VerifiedDelivery | None:
        return None if delivery.proof else delivery  # its signature proved it, or nothing does

    async def fetch(self, payment_id: str) -> PaymentEvent:
        if payment_id.startswith(wire.PAYMENT):
            payment_id = await self._order_of(payment_id.removeprefix(wire.PAYMENT))
        body = await self._send("GET", _path(payment_id))
        order = wire.read_object(body)
        if not wire.reference_of(order) or not wire.money_came(order):
            return wire.read_order(body)
        beside = await self._ask(
            "GET", "/v1/payments/search", params={"external_reference": str(order["external_reference"])}
        )
        rows = [one for one in beside.get("results") or [] if isinstance(one, dict)]
        return wire.read_order(body, payments=rows)

    async def list_since(self, cursor: str | None) -> Page[PaymentEvent]:
        """One page of payments a call, those that moved last first, and the orders of ours among them asked anew. What
        other sales the account takes is passed over."""
        sweep = Sweep.from_cursor(cursor)
        if sweep.stop and not sweep.after:
            sweep = replace(sweep, stop=sweep.stop - LAG, newest=sweep.stop)
        offset = int(sweep.after or 0)
        since = wire.as_text(datetime.fromtimestamp(sweep.stop - LAG, UTC)) if sweep.stop else "NOW-30DAYS"
        asked = {"sort": "date_last_updated", "criteria": "desc", "range": "date_last_updated"}
        asked |= {"begin_date": since, "end_date": "NOW", "limit": str(newest_first.LIMIT), "offset": str(offset)}
        page = await self._ask("GET", "/v1/payments/search", params=asked)
        rows = wire.moved_payments(page)
        places = [{"created_at": at, "id": offset + n} for n, (at, _) in enumerate(rows, 1)]
        met = sweep.met(places, has_more=_more(page, offset + len(rows)))
        found: dict[str, PaymentEvent] = {}
        unread: list[str] = []
        for _, one in rows[: len(met.fresh)]:
            if not wire.is_worth_asking(one):
                continue
            try:
                event = await self.fetch(await self._order_with(one))
            except (NotUnderstood, UnknownPayment):
                unread.append(f"{wire.PAYMENT}{one.get('id')}")
            else:
                found[event.payment_id] = event
        return Page(tuple(found.values()), met.cursor, met.more, tuple(unread))

    async def refund(self, payment_id: str, amount: Decimal | None, *, idempotency_key: str) -> Refund:
        said: dict[str, Any] = {}
        if amount is not None:
            order = wire.read_object(await self._send("GET", _path(payment_id)))
            came = [one for one in wire.transactions(order, "payments") if one.get("status") in wire.CAME]
            if not came:
                raise ProviderRejected("payment", "De esa orden no ha entrado dinero: no hay qué devolver.")
            said = {"transactions": [{"id": came[-1].get("id"), "amount": to_text(amount)}]}
        made = await self._ask("POST", f"{_path(payment_id)}/refund", json=said, key=idempotency_key)
        event = await self.fetch(payment_id)
        listed = wire.transactions(made, "refunds")
        return Refund(
            payment_id=payment_id,
            refund_id=str((listed[-1] if listed else {}).get("id") or idempotency_key),
            returned=event.returned,
        )

    async def cancel(self, charge: Charge) -> None:
        await self._ask("POST", f"{_path(charge.charge_id)}/cancel", key=f"cancel-{charge.charge_id}")

    async def aclose(self) -> None:
        await self._line.aclose()

    # ------------------------------------------------------------ the wire

    async def _order_of(self, number: str) -> str:
        if not NUMBER.fullmatch(number):
            raise UnknownPayment("payment", f"{number[:60]!r} no es el id de un pago de Mercado Pago")
        return await self._order_with(await self._ask("GET", f"/v1/payments/{number}"))

    async def _order_with(self, payment: Mapping[str, Any]) -> str:
        """Of a payment only its reference says which order it is of."""
        reference = wire.reference_of(payment)
        if not reference:
            raise UnknownPayment("payment", "Ese pago de Mercado Pago no es de un cobro hecho aquí.")
        since, until = wire.days_of(payment)
        page = await self._ask(
            "GET",
            "/v1/orders",
            params={"begin_date": since, "end_date": until, "external_reference": wire.MARK + reference},
        )
        order = wire.order_named(page, reference)
        if not order:
            raise UnknownPayment("order", f"Mercado Pago no encuentra la orden {reference}.")
        return order

    async def _ask(self, method: str, path: str, **said: Any) -> dict[str, Any]:
        answer = wire.read_object(await self._send(method, path, **said))
        if not answer:
            raise ProviderUnavailable("server", "Mercado Pago contestó algo que no se entiende.")
        return answer

    async def _send(
        self, method: str, path: str, *, json: object = None, key: str = "", params: dict[str, str] | None = None
    ) -> bytes:
        headers = {"Authorization": f"Bearer {self._account.private_key}"}
        if key:
            headers["X-Idempotency-Key"] = str(uuid5(NAMESPACE_URL, key))  # 64 letters at most
        reply = await self._line.send(method, path, headers=headers, json=json, params=params)
        if reply.status >= 400:
            raise _refusal(reply.status, reply.body)
        return reply.body


def _at_once(amount: str, method: dict[str, str]) -> dict[str, Any]:
    return {
        "processing_mode": "automatic",
        "transactions": {"payments": [{"amount": amount, "payment_method": method}]},
    }


def _on_a_page(charge: ChargeRequest) -> dict[str, Any]:
    """Only what pays at once: the other ways are offered beside it, and are ours to end."""
    back = dict.fromkeys(("success_url", "failure_url", "pending_url"), charge.back_url) if charge.back_url else {}
    return {
        "processing_mode": "manual",
        "items": [{"title": charge.concept[:150], "quantity": 1, "unit_price": to_text(charge.amount)}],
        "config": {
            "payment_method": {"not_allowed_types": ["ticket", "atm", "bank_transfer"]},
            **({"online": back} if back else {}),
        },
    }


def _charge(order: Mapping[str, Any], *, way: Way, our_reference: str) -> Charge:
    try:
        pays = wire.transactions(order, "payments")
        pay = pays[0] if pays else {}
        until = pay.get("date_of_expiration")
        return Charge(
            charge_id=str(order["id"]),
            payment_id=str(order["id"]),
            our_reference=our_reference,
            amount=from_text(order["total_amount"]),
            pay_at=(_page(order) if way is Way.CARD else _pay_at(pay["payment_method"], way=way),),
            expires_at=wire.instant(until) if until else wire.instant(order["created_date"]) + timedelta(days=DAYS),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as odd:
        raise ProviderUnavailable("server", f"La orden que dio Mercado Pago no se entiende: {odd!r}") from odd


def _page(order: Mapping[str, Any]) -> PayAt:
    if not str(order["checkout_url"]).startswith("https://"):
        raise ValueError("its page has no address")
    return PayAt(Way.CARD, str(order["id"]), url=str(order["checkout_url"]))


def _pay_at(method: Mapping[str, Any], *, way: Way) -> PayAt:
    reference = str(method["reference"])
    return PayAt(way, reference, shops=("OXXO",)) if way is Way.CASH else PayAt(way, reference)


def _more(page: Mapping[str, Any], read: int) -> bool:
    paging = page.get("paging")
    total = paging.get("total") if isinstance(paging, dict) else None
    return isinstance(total, int) and read < total


def _refusal(status: int, body: bytes) -> ProviderRejected:
    """Their words: `{"errors": [{"code": …, "message": …, "details": […]}]}`; of the older part `{"error", "message"}`."""
    said = wire.read_object(body)
    listed = said.get("errors")
    detail = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    code = str(detail.get("code") or said.get("error") or status)
    words = " ".join(str(detail.get("message") or said.get("message") or "").split())[:300] or f"HTTP {status}"
    return UnknownPayment(code, words) if status == 404 else ProviderRejected(code, words)


def _path(order: str) -> str:
    if not wire.THEIR_ID.fullmatch(order):
        raise UnknownPayment("order", f"{order[:60]!r} no es el id de una orden de Mercado Pago")
    return f"/v1/orders/{order}"
