"""PayPal's routes of the simulated provider: the same book, where a payer agrees first and the merchant takes it then."""

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from zlib import crc32

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from amate.sandbox.payments import orders, paying, paypal_shapes, shapes, spoilt
from amate.sandbox.payments.book import Book, Charge, Order, Refused
from amate.sandbox.payments.desk import Desk
from amate.sandbox.payments.paypal_shapes import APPROVED, book_id

LIVES = 3 * 3_600  # seconds that an order waits for its payer
CUSTOM_ID = "/purchase_units/@reference_id=='default'/custom_id"
RAW = b'"webhook_event":'


def paypal_routes(desk: Desk) -> list[Route]:
    provider = _PayPal(desk)
    return [
        Route("/v1/oauth2/token", provider.token, methods=["POST"]),
        Route("/v2/checkout/orders", provider.create, methods=["POST"]),
        Route("/v2/checkout/orders/{order}", provider.order, methods=["GET"]),
        Route("/v2/checkout/orders/{order}", provider.patch, methods=["PATCH"]),
        Route("/v2/checkout/orders/{order}/capture", provider.capture, methods=["POST"]),
        Route("/v2/payments/captures/{capture}", provider.captured),
        Route("/v2/payments/captures/{capture}/refund", provider.refund, methods=["POST"]),
        Route("/v1/notifications/webhooks-events", provider.events),
        Route("/v1/notifications/verify-webhook-signature", provider.verify, methods=["POST"]),
    ]


class _PayPal:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._token = "A21" + desk.api_key

    async def token(self, request: Request) -> Response:
        right = base64.b64encode(f"cliente:{self._desk.api_key}".encode())
        if not secrets.compare_digest(request.headers.get("Authorization", "").encode(), b"Basic " + right):
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        return JSONResponse({"access_token": self._token, "token_type": "Bearer", "expires_in": 32_400})

    async def create(self, request: Request) -> Response:
        book = self._desk.book
        return await self._do(request, lambda said: _shape(orders.create_order(book, _order_of(said, book=book))))

    async def order(self, request: Request) -> Response:
        return await self._do(request, lambda _: _shape(self._order(request)))

    async def patch(self, request: Request) -> Response:
        def act(said: Any) -> dict[str, Any]:
            order = self._order(request)
            if any(charge.paid_at for charge in order.charges):
                raise Refused("ORDER_ALREADY_COMPLETED", "The order cannot be patched after it is completed")
            for one in said:
                if one.get("op") != "replace" or one.get("path") != CUSTOM_ID:
                    raise Refused("UNSUPPORTED_PATCH_PARAMETER_VALUE", "only custom_id is replaced here")
                order.metadata["custom_id"] = str(one["value"])
            return {}

        return await self._do(request, act)

    async def capture(self, request: Request) -> Response:
        def act(_: Any) -> dict[str, Any]:
            order = self._order(request)
            if any(charge.paid_at for charge in order.charges):
                raise Refused("ORDER_ALREADY_CAPTURED", "Order already captured")
            if not order.metadata.get(APPROVED):
                raise Refused("ORDER_NOT_APPROVED", "Payer has not yet approved the Order for payment")
            paying.pay(self._desk.book, order.charges[0].reference)
            return _shape(order)

        return await self._do(request, act)

    async def captured(self, request: Request) -> Response:
        return await self._do(request, lambda _: paypal_shapes.capture(shapes.charge(self._charge(request))))

    async def refund(self, request: Request) -> Response:
        def act(said: Any) -> dict[str, Any]:
            charge = self._charge(request)
            left = charge.amount - charge.returned
            cents = _cents(said["amount"]["value"]) if said.get("amount") else left
            orders.refund(self._desk.book, charge.order_id, {"amount": cents, "charge_id": charge.id})
            return paypal_shapes.refunds(shapes.charge(charge))[-1]

        return await self._do(request, act)

    async def events(self, request: Request) -> Response:
        asked = request.query_params

        def act(_: Any) -> dict[str, Any]:
            limit = max(1, min(300, int(asked.get("page_size", "10"))))
            every = self._desk.events(limit=limit, after=asked.get("index_id", ""))
            rows = [paypal_shapes.event(one) for one in every["data"]]
            if not every["has_more"]:
                return {"events": rows, "count": len(rows), "links": []}
            last = every["data"][-1]
            more = f"page_size={limit}&move_to=next&index_time={rows[-1]['create_time']}&index_id={last['id']}"
            href = f"{paypal_shapes.API}/v1/notifications/webhooks-events?{more}"
            return {"events": rows, "count": len(rows), "links": [{"rel": "next", "method": "GET", "href": href}]}

        return await self._do(request, act)

    async def verify(self, request: Request) -> Response:
        """By the very bytes that came between the braces: written anew they are another's."""
        body = await request.body()

        def act(said: Any) -> dict[str, Any]:
            raw = body[body.index(RAW) + len(RAW) : body.rindex(b"}")]
            teller = self._desk.teller
            parts = (said["transmission_id"], said["transmission_time"], said["webhook_id"], str(crc32(raw)))
            own = said["webhook_id"] == teller.webhook_id
            right = own and teller.signed("|".join(parts).encode(), said["transmission_sig"])
            return {"verification_status": "SUCCESS" if right else "FAILURE"}

        return await self._do(request, act)

    async def _do(self, request: Request, act: Callable[[Any], dict[str, Any]]) -> Response:
        head = request.headers.get("Authorization", "").encode()
        if not secrets.compare_digest(head, f"Bearer {self._token}".encode()):
            return JSONResponse({"name": "AUTHENTICATION_FAILURE"}, status_code=401)
        struck = self._desk.draw()
        instead = spoilt.before(struck)
        if instead is not None:
            return instead
        body = await request.body()
        try:
            said = json.loads(body) if body else {}
        except ValueError:
            return _refused("INVALID_REQUEST", "MALFORMED_REQUEST_JSON", "not JSON", status=400)
        key = request.headers.get("PayPal-Request-Id", "") if request.method == "POST" else ""
        status, answer = self._desk.asked(request.url.path, key, lambda: act(said))
        if status >= 400:
            detail = answer["details"][0]
            name = "RESOURCE_NOT_FOUND" if status == 404 else "UNPROCESSABLE_ENTITY"
            return spoilt.after(_refused(name, detail["code"], detail["message"], status=status), struck)
        done = Response(status_code=204) if request.method == "PATCH" else JSONResponse(answer, status_code=status)
        return spoilt.after(done, struck)

    def _order(self, request: Request) -> Order:
        """Forgotten once its time is over and nobody paid. Raises `Refused`, 404."""
        order = self._desk.book.order(book_id(str(request.path_params["order"])))
        if order.status in ("expired", "canceled"):
            raise Refused("INVALID_RESOURCE_ID", "Specified resource ID does not exist", status=404)
        return order

    def _charge(self, request: Request) -> Charge:
        wanted = str(request.path_params["capture"]).lower()
        for order in self._desk.book.orders.values():
            for charge in order.charges:
                if charge.paid_at and charge.id == wanted:
                    return charge
        raise Refused("INVALID_RESOURCE_ID", "Specified resource ID does not exist", status=404)


def _shape(order: Order) -> dict[str, Any]:
    return paypal_shapes.order(shapes.order(order))


def _order_of(said: Mapping[str, Any], *, book: Book) -> dict[str, Any]:
    """Raises `Refused` for what PayPal would not sell."""
    bought = (said.get("purchase_units") or [{}])[0]
    amount = bought.get("amount") or {}
    page = ((said.get("payment_source") or {}).get("paypal") or {}).get("experience_context") or {}
    right = (
        said.get("intent") == "CAPTURE"
        and amount.get("currency_code") == "MXN"
        and isinstance(amount.get("value"), str)
        and len(bought.get("custom_id") or "") <= 127
        and len(bought.get("description") or "") <= 127
        and str(page.get("return_url")).startswith("http")
    )
    if not right:
        raise Refused("INVALID_PARAMETER_VALUE", "an order needs pesos as text, a short custom_id and a way back")
    return {
        "currency": "MXN",
        "customer_info": {},
        "line_items": [{"name": bought.get("description"), "unit_price": _cents(amount["value"]), "quantity": 1}],
        "checkout": {
            "type": "HostedPayment",
            "allowed_payment_methods": ["card"],
            "expires_at": book.second() + LIVES,
        },
        "metadata": {"custom_id": bought.get("custom_id") or "", "back": page["return_url"]},
    }


def _cents(said: str) -> int:
    whole, _, cents = said.partition(".")
    if not (whole.isdecimal() and cents.isdecimal() and len(cents) == 2):
        raise Refused("DECIMAL_PRECISION", f"{said} is no amount of two decimals")
    return int(whole + cents)


def _refused(name: str, issue: str, words: str, *, status: int) -> Response:
    said = {
        "name": name,
        "message": "The request could not be done.",
        "details": [{"issue": issue, "description": words}],
    }
    return JSONResponse(said, status_code=status)
