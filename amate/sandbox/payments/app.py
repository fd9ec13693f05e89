"""The simulated provider's routes: Conekta's wire, Stripe's, PayPal's and Mercado Pago's, under the faults of the day."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from amate.sandbox.payments import orders, shapes, spoilt
from amate.sandbox.payments.admin import admin_routes
from amate.sandbox.payments.book import Refused
from amate.sandbox.payments.desk import Desk
from amate.sandbox.payments.mercado_app import mercado_routes
from amate.sandbox.payments.page import page_routes
from amate.sandbox.payments.paypal_app import paypal_routes
from amate.sandbox.payments.stripe_app import stripe_routes

PAUSE = 0.25  # seconds between looks at what is to be told


def create_app(desk: Desk, *, by_itself: bool) -> ASGIApp:
    """The ASGI application. `by_itself`: it sends due notices all the time (needs the server's lifespan); otherwise only
    when `/_sim/deliver` says so."""
    provider = _Provider(desk)
    routes = [
        Route("/orders", provider.create_order, methods=["POST"]),
        Route("/orders/{order}", provider.order),
        Route("/orders/{order}/cancel", provider.cancel, methods=["POST"]),
        Route("/orders/{order}/refunds", provider.refund, methods=["POST"]),
        Route("/customers", provider.create_customer, methods=["POST"]),
        Route("/customers/{customer}/payment_sources", provider.add_source, methods=["POST"]),
        Route("/events", provider.events),
        Route("/webhook_keys", provider.webhook_key, methods=["POST"]),
        Route("/webhooks", provider.webhook, methods=["POST"]),
        *admin_routes(desk, deliver=lambda: deliver(desk)),
        *page_routes(desk),
        *stripe_routes(desk),
        *paypal_routes(desk),
        *mercado_routes(desk),
    ]

    @asynccontextmanager
    async def telling(app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(_tell_for_ever(desk)) if by_itself else None
        yield
        if task is not None:
            task.cancel()

    return _WithTransport(Starlette(routes=routes, lifespan=telling))


async def deliver(desk: Desk) -> list[dict[str, Any]]:
    """Send over HTTP whatever is due."""

    async def send(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        try:
            return (await client.post(url, content=body, headers=dict(headers))).status_code
        except httpx.HTTPError:
            return 0

    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        return await desk.teller.deliver(send)


async def _tell_for_ever(desk: Desk) -> None:
    while True:
        desk.advance(0)
        if desk.book.webhooks:
            await deliver(desk)
        await asyncio.sleep(PAUSE)


class _WithTransport:
    """Hands the connection itself to the faults that cut it: only the outermost application is given the server's `send`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["sim.transport"] = getattr(getattr(send, "__self__", None), "transport", None)
        await self._app(scope, receive, send)


class _Provider:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def create_order(self, request: Request) -> Response:
        return await self._do(request, lambda said: shapes.order(orders.create_order(self._desk.book, said)))

    async def order(self, request: Request) -> Response:
        return await self._do(request, lambda _: shapes.order(self._desk.book.order(_path(request, "order"))))

    async def cancel(self, request: Request) -> Response:
        order = _path(request, "order")
        return await self._do(request, lambda _: shapes.order(orders.cancel(self._desk.book, order)))

    async def refund(self, request: Request) -> Response:
        order = _path(request, "order")
        return await self._do(request, lambda said: shapes.order(orders.refund(self._desk.book, order, said)))

    async def create_customer(self, request: Request) -> Response:
        return await self._do(request, lambda said: shapes.customer(orders.create_customer(self._desk.book, said)))

    async def add_source(self, request: Request) -> Response:
        customer = _path(request, "customer")
        return await self._do(request, lambda said: shapes.source(orders.add_source(self._desk.book, customer, said)))

    async def events(self, request: Request) -> Response:
        limit = max(1, min(250, int(request.query_params.get("limit", "20"))))
        after = request.query_params.get("next", "")
        return await self._do(request, lambda _: self._desk.events(limit=limit, after=after))

    async def webhook_key(self, request: Request) -> Response:
        key = {"object": "webhook_key", "active": True, "public_key": self._desk.teller.public_key}
        return await self._do(request, lambda _: {"id": self._desk.book.new_id("whk_"), **key})

    async def webhook(self, request: Request) -> Response:
        def listen(said: dict[str, Any]) -> dict[str, Any]:
            url = str(said.get("url") or "")
            if not url.startswith("http"):
                raise Refused("conekta.errors.parameter_validation.url", "url is invalid")
            book = self._desk.book
            book.webhooks.append(url)
            book.add_event("webhook_ping", {"action": "ping", "livemode": False})
            return {"object": "webhook", "id": book.new_id("whk_"), "url": url, "status": "listening"}

        return await self._do(request, listen)

    async def _do(self, request: Request, act: Callable[[dict[str, Any]], dict[str, Any]]) -> Response:
        if not secrets.compare_digest(
            request.headers.get("Authorization", "").encode(), f"Bearer {self._desk.api_key}".encode()
        ):
            return JSONResponse({"object": "error", "type": "authentication_error", "details": []}, status_code=401)
        struck = self._desk.draw()
        instead = spoilt.before(struck)
        if instead is not None:
            return instead
        said = await _json(request)
        if said is None:
            return JSONResponse({"object": "error", "type": "parsing_error", "details": []}, status_code=422)
        key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
        status, answer = self._desk.asked(request.url.path, key, lambda: act(said))
        return spoilt.after(JSONResponse(answer, status_code=status), struck)


async def _json(request: Request) -> dict[str, Any] | None:
    body = await request.body()
    if not body:
        return {}
    try:
        said = await request.json()
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _path(request: Request, name: str) -> str:
    return str(request.path_params[name])
