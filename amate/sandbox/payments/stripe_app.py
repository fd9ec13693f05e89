"""Stripe's routes of the simulated provider: the same book, asked by forms (OUTSIDE §3)."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from amate.sandbox.payments import orders, shapes, spoilt, stripe_shapes
from amate.sandbox.payments.book import Book, Refused
from amate.sandbox.payments.desk import Desk

MEXICO_CITY = ZoneInfo("America/Mexico_City")
DAYS = range(1, 8)  # of a voucher of OXXO
Said = Mapping[str, str]


def stripe_routes(desk: Desk) -> list[Route]:
    provider = _Stripe(desk)
    return [
        Route("/v1/payment_intents", provider.create_intent, methods=["POST"]),
        Route("/v1/payment_intents/{intent}", provider.intent),
        Route("/v1/payment_intents/{intent}/cancel", provider.cancel, methods=["POST"]),
        Route("/v1/refunds", provider.refund, methods=["POST"]),
        Route("/v1/events", provider.events),
    ]


class _Stripe:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def create_intent(self, request: Request) -> Response:
        book = self._desk.book
        return await self._do(
            request, lambda said: _intent(book, orders.create_order(book, _order_of(said, book=book)).id)
        )

    async def intent(self, request: Request) -> Response:
        wanted = _path(request)
        return await self._do(request, lambda _: _intent(self._desk.book, wanted))

    async def cancel(self, request: Request) -> Response:
        wanted = _path(request)
        return await self._do(request, lambda _: _intent(self._desk.book, orders.cancel(self._desk.book, wanted).id))

    async def refund(self, request: Request) -> Response:
        def act(said: Said) -> dict[str, Any]:
            order = self._desk.book.order(stripe_shapes.order_id(said.get("payment_intent", "")))
            orders.refund(self._desk.book, order.id, {"amount": int(said.get("amount") or order.amount)})
            return {"object": "refund", "id": self._desk.book.new_id("re_")}

        return await self._do(request, act)

    async def events(self, request: Request) -> Response:
        asked = request.query_params

        def act(_: Said) -> dict[str, Any]:
            wanted = {value for name, value in asked.items() if name.startswith("types[")}
            every = self._desk.events(limit=1_000_000, after=asked.get("starting_after", ""))
            told = [stripe_shapes.event(one) for one in every["data"]]
            rows = [one for one in told if not wanted or one["type"] in wanted]
            limit = max(1, min(100, int(asked.get("limit", "10"))))
            return {"object": "list", "has_more": len(rows) > limit, "data": rows[:limit]}

        return await self._do(request, act)

    async def _do(self, request: Request, act: Callable[[Said], dict[str, Any]]) -> Response:
        head = request.headers.get("Authorization", "").encode()
        if not secrets.compare_digest(head, f"Bearer {self._desk.api_key}".encode()):
            return JSONResponse({"error": {"type": "invalid_request_error"}}, status_code=401)
        struck = self._desk.draw()
        instead = spoilt.before(struck)
        if instead is not None:
            return instead
        said = dict(parse_qsl((await request.body()).decode()))
        key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
        status, answer = self._desk.asked(request.url.path, key, lambda: act(said))
        if status >= 400:
            detail = answer["details"][0]
            refusal = {"type": "invalid_request_error", "code": detail["code"], "message": detail["message"]}
            status, answer = 404 if status == 404 else 400, {"error": refusal}
        return spoilt.after(JSONResponse(answer, status_code=status), struck)


def _order_of(said: Said, *, book: Book) -> dict[str, Any]:
    """Raises `Refused` for what Stripe would not make a voucher of."""
    billing = "payment_method_data[billing_details]"
    days = said.get("payment_method_options[oxxo][expires_after_days]", "3")
    right = (
        said.get("confirm") == "true"
        and said.get("payment_method_types[0]") == said.get("payment_method_data[type]") == "oxxo"
        and said.get("currency") == "mxn"
        and said.get(f"{billing}[name]")
        and said.get(f"{billing}[email]")
        and said.get("amount", "").isdecimal()
        and days.isdecimal()
        and int(days) in DAYS
    )
    if not right:
        raise Refused("parameter_invalid", "a voucher of OXXO needs mxn, confirm, name, email and 1 to 7 days")
    last = (book.now().astimezone(MEXICO_CITY) + timedelta(days=int(days))).date()
    until = int(datetime.combine(last, time(23, 59, 59), MEXICO_CITY).timestamp())
    return {
        "currency": "MXN",
        "customer_info": {"name": said[f"{billing}[name]"], "email": said[f"{billing}[email]"]},
        "line_items": [{"name": said.get("description", ""), "unit_price": int(said["amount"]), "quantity": 1}],
        "charges": [{"payment_method": {"type": "cash", "expires_at": until}}],
        "metadata": {
            name.removeprefix("metadata[").removesuffix("]"): value
            for name, value in said.items()
            if name.startswith("metadata[")
        },
    }


def _intent(book: Book, order_id: str) -> dict[str, Any]:
    return stripe_shapes.intent(shapes.order(book.order(order_id)))


def _path(request: Request) -> str:
    return stripe_shapes.order_id(str(request.path_params["intent"]))
