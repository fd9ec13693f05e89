"""Mercado Pago's routes of the simulated provider: orders, and the payments of its older part beside them (OUTSIDE §3)."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from amate.sandbox.payments import mercado_shapes, orders, shapes, spoilt
from amate.sandbox.payments.book import Book, Order, Refused
from amate.sandbox.payments.desk import Desk

BEFORE = "APP_USR-"  # before the key: what an access token begins with
LONGEST = timedelta(days=30)
WAYS = {"oxxo": "cash", "clabe": "spei"}


def mercado_routes(desk: Desk) -> list[Route]:
    provider = _MercadoPago(desk)
    return [
        Route("/v1/orders", provider.create, methods=["POST"]),
        Route("/v1/orders", provider.named, methods=["GET"]),
        Route("/v1/orders/{order}", provider.order),
        Route("/v1/orders/{order}/cancel", provider.cancel, methods=["POST"]),
        Route("/v1/orders/{order}/refund", provider.refund, methods=["POST"]),
        Route("/v1/payments/search", provider.search),
        Route("/v1/payments/{payment:int}", provider.payment),
    ]


class _MercadoPago:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def create(self, request: Request) -> Response:
        book = self._desk.book
        return await self._do(request, lambda said: _shape(orders.create_order(book, _order_of(said, book=book))))

    async def order(self, request: Request) -> Response:
        return await self._do(request, lambda _: _shape(self._order(request)))

    async def named(self, request: Request) -> Response:
        """By the day that they were made: both ends are wanted, thirty days apart at most."""
        asked = request.query_params

        def act(_: Mapping[str, Any]) -> dict[str, Any]:
            try:
                since, until = (datetime.fromisoformat(asked[name]) for name in ("begin_date", "end_date"))
            except (KeyError, ValueError) as missing:
                raise Refused("missing_required_params", "begin_date and end_date are required") from missing
            if until - since > LONGEST:
                raise Refused("invalid_parameter", "30 days are the most")
            found = [
                _shape(one)
                for one in self._own()
                if since.timestamp() <= one.created_at <= until.timestamp()
                and one.metadata["external_reference"]
                == asked.get("external_reference", one.metadata["external_reference"])
            ]
            return {"data": found, "paging": {"total": len(found), "offset": 0, "limit": len(found)}}

        return await self._do(request, act)

    async def cancel(self, request: Request) -> Response:
        def act(_: Mapping[str, Any]) -> dict[str, Any]:
            return _shape(orders.cancel(self._desk.book, self._order(request).id))

        return await self._do(request, act)

    async def refund(self, request: Request) -> Response:
        def act(said: Mapping[str, Any]) -> dict[str, Any]:
            order = self._order(request)
            charge = next((one for one in order.charges if one.paid_at), None)
            if charge is None:
                raise Refused("order_not_refundable", "The order has no payment to refund")
            rows = said.get("transactions") or [{"amount": mercado_shapes.money(charge.amount - charge.returned)}]
            orders.refund(self._desk.book, order.id, {"amount": _cents(rows[0]["amount"]), "charge_id": charge.id})
            return _shape(order)

        return await self._do(request, act)

    async def payment(self, request: Request) -> Response:
        number = int(request.path_params["payment"])

        def act(_: Mapping[str, Any]) -> dict[str, Any]:
            for one in self._payments():
                if one["id"] == number:
                    return one
            raise Refused("not_found", "Payment not found", status=404)

        return await self._do(request, act)

    async def search(self, request: Request) -> Response:
        """All of a reference, or those that moved, the last first."""
        asked = request.query_params

        def act(_: Mapping[str, Any]) -> dict[str, Any]:
            rows = sorted(self._payments(), key=lambda one: str(one["date_last_updated"]), reverse=True)
            if "external_reference" in asked:
                rows = [one for one in rows if one["external_reference"] == asked["external_reference"]]
            since = asked.get("begin_date", "NOW-30DAYS")
            if not since.startswith("NOW"):
                begin = datetime.fromisoformat(since)
                rows = [one for one in rows if datetime.fromisoformat(one["date_last_updated"]) >= begin]
            offset, limit = int(asked.get("offset", "0")), max(1, min(100, int(asked.get("limit", "30"))))
            paging = {"total": len(rows), "offset": offset, "limit": limit}
            return {"paging": paging, "results": rows[offset : offset + limit]}

        return await self._do(request, act)

    async def _do(self, request: Request, act: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Response:
        head = request.headers.get("Authorization", "").encode()
        if not secrets.compare_digest(head, f"Bearer {BEFORE}{self._desk.api_key}".encode()):
            return JSONResponse({"message": "invalid access token", "error": "unauthorized"}, status_code=401)
        struck = self._desk.draw()
        instead = spoilt.before(struck)
        if instead is not None:
            return instead
        key = request.headers.get("X-Idempotency-Key", "")
        if request.method == "POST" and not 0 < len(key) <= 64:
            return _refused("empty_required_header", "X-Idempotency-Key is required", status=400)
        said = await request.json() if await request.body() else {}
        status, answer = self._desk.asked(request.url.path, key, lambda: act(said))
        if status >= 400:
            detail = answer["details"][0]
            return spoilt.after(
                _refused(detail["code"], detail["message"], status=404 if status == 404 else 400), struck
            )
        made = request.method == "POST" and request.url.path == "/v1/orders"
        return spoilt.after(JSONResponse(answer, status_code=201 if made else 200), struck)

    def _order(self, request: Request) -> Order:
        """Raises `Refused`, 404."""
        return self._desk.book.order(mercado_shapes.book_id(str(request.path_params["order"])))

    def _own(self) -> Iterator[Order]:
        return (one for one in self._desk.book.orders.values() if "external_reference" in one.metadata)

    def _payments(self) -> Iterator[dict[str, Any]]:
        for one in self._own():
            said = shapes.order(one)
            yield from (mercado_shapes.legacy_payment(row, said) for row in said["charges"]["data"])


def _shape(order: Order) -> dict[str, Any]:
    return mercado_shapes.order(shapes.order(order))


def _order_of(said: Mapping[str, Any], *, book: Book) -> dict[str, Any]:
    """Raises `Refused` for what Mercado Pago would not sell."""
    reference = str(said.get("external_reference") or "")
    right = (
        said.get("type") == "online"
        and 0 < len(reference) <= 64
        and reference.replace("-", "").replace("_", "").isalnum()
        and isinstance(said.get("total_amount"), str)
        and "@" in str((said.get("payer") or {}).get("email"))
        and str(said.get("expiration_time")).startswith("P")
    )
    if not right:
        raise Refused("property_value", "an order needs a short reference, an amount as text, a mail and its days")
    cents, until = _cents(said["total_amount"]), book.second() + int(said["expiration_time"][1:-1]) * 86_400
    if said.get("processing_mode") == "manual":
        sold = sum(_cents(one["unit_price"]) * int(one["quantity"]) for one in said.get("items") or [])
        if sold != cents or said.get("transactions"):
            raise Refused("invalid_total_amount", "the items do not make the total")
        way = "card"
        pays: dict[str, Any] = {
            "checkout": {"type": "HostedPayment", "allowed_payment_methods": ["card"], "expires_at": until}
        }
    else:
        (pay,) = said["transactions"]["payments"]
        way = WAYS.get(pay["payment_method"]["id"], "")
        if not way or _cents(pay["amount"]) != cents or pay["payment_method"] != mercado_shapes.METHODS[way]:
            raise Refused("invalid_total_amount", "one payment of the whole, by a method that is known")
        pays = {"charges": [{"payment_method": {"type": way, "expires_at": until}}]}
    return {
        "currency": "MXN",
        "customer_info": {},
        "line_items": [{"name": "Pago", "unit_price": cents, "quantity": 1}],
        "metadata": {"external_reference": reference, "way": way},
        **pays,
    }


def _cents(said: str) -> int:
    whole, _, cents = said.partition(".")
    if not (whole.isdecimal() and cents.isdecimal() and len(cents) == 2):
        raise Refused("property_value", f"{said} is no amount of two decimals")
    return int(whole + cents)


def _refused(code: str, words: str, *, status: int) -> Response:
    return JSONResponse({"errors": [{"code": code, "message": words, "details": []}]}, status_code=status)
