"""`/_sim/…`: the strings of the simulated provider, pulled only from this machine."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from amate.sandbox.pac.loopback import only_here
from amate.sandbox.payments import shapes
from amate.sandbox.payments.book import Event, Refused
from amate.sandbox.payments.desk import Desk, Fault
from amate.sandbox.payments.telling import WIRES, Manner, read_manner

Deliver = Callable[[], Awaitable[list[dict[str, Any]]]]


def admin_routes(desk: Desk, *, deliver: Deliver) -> list[Route]:
    strings = _Strings(desk, deliver)
    return [
        Route("/_sim/reset", _told(strings.reset), methods=["POST"]),
        Route("/_sim/account", _told(strings.account), methods=["GET", "PUT"]),
        Route("/_sim/clock", _told(strings.clock), methods=["GET", "POST"]),
        Route("/_sim/clock_of", _told(strings.clock_of), methods=["PUT"]),
        Route("/_sim/faults", _told(strings.faults), methods=["GET", "POST", "DELETE"]),
        Route("/_sim/manner", _told(strings.manner), methods=["GET", "PUT"]),
        Route("/_sim/pay", _told(strings.pay), methods=["POST"]),
        Route("/_sim/approve", _told(strings.approve), methods=["POST"]),
        Route("/_sim/expire", _told(strings.expire), methods=["POST"]),
        Route("/_sim/refund", _told(strings.refund), methods=["POST"]),
        Route("/_sim/charge_back", _told(strings.charge_back), methods=["POST"]),
        Route("/_sim/deliver", _told(strings.deliver), methods=["POST"]),
        Route("/_sim/orders", _told(strings.orders)),
        Route("/_sim/truth", _told(strings.truth)),
    ]


def to_cents(said: object) -> int:
    """Pesos as text. Raises ValueError."""
    cents = Decimal(str(said)) * 100
    if cents != cents.to_integral_value():
        raise ValueError(f"{said} is no whole number of cents")
    return int(cents)


def _told(act: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def told(request: Request) -> Response:
        try:
            return await act(request)
        except Refused as refused:
            return JSONResponse({"error": refused.message, "code": refused.code}, status_code=refused.status)

    return only_here(told)


class _Strings:
    def __init__(self, desk: Desk, deliver: Deliver) -> None:
        self._desk = desk
        self._deliver = deliver

    async def reset(self, request: Request) -> Response:
        self._desk.reset()
        return JSONResponse({"ok": True})

    async def account(self, request: Request) -> Response:
        """What a merchant is given. PUT {"webhooks": [url, …]} sets where notices go, without the ping of a new one;
        {"wire": "stripe"} how they are told."""
        if request.method == "PUT":
            said = await request.json()
            self._desk.book.webhooks = [str(url) for url in said["webhooks"]]
            wire = str(said.get("wire", WIRES[0]))
            if wire not in WIRES:
                raise Refused("wire", f"Hay {' y '.join(WIRES)}.")
            self._desk.teller.wire = wire
        return JSONResponse(
            {
                "api_key": self._desk.api_key,
                "public_key": self._desk.teller.public_key,
                "signing_secret": self._desk.teller.signing_secret,
                "webhook_id": self._desk.teller.webhook_id,
                "webhooks": self._desk.book.webhooks,
            }
        )

    async def clock(self, request: Request) -> Response:
        """POST {"set": ISO instant with zone} or {"advance": seconds}. What passed its time expires."""
        if request.method == "POST":
            said = await request.json()
            if "set" in said:
                now = datetime.fromisoformat(said["set"])
                if now.tzinfo is None:
                    raise ValueError("the instant needs a zone")
                self._desk.set_clock(now)
            else:
                self._desk.advance(float(said["advance"]))
        return JSONResponse({"now": self._desk.book.now().isoformat()})

    async def clock_of(self, request: Request) -> Response:
        """PUT {"rfc", "now"}: as of the other simulators; this one serves one merchant, so its own clock is set."""
        now = datetime.fromisoformat((await request.json())["now"])
        if now > self._desk.book.now():
            self._desk.set_clock(now)
        return JSONResponse({"ok": True})

    async def faults(self, request: Request) -> Response:
        """POST one fault of calls, DELETE all."""
        if request.method == "POST":
            self._desk.faults = [*self._desk.faults, Fault(**(await request.json()))]
        if request.method == "DELETE":
            self._desk.faults = []
        rows = [{"kind": one.kind, "count": one.count, "probability": one.probability} for one in self._desk.faults]
        return JSONResponse(rows)

    async def manner(self, request: Request) -> Response:
        """PUT how events are told from now on: {"lose", "twice", "wrong_amount", "late", "jitter"}."""
        if request.method == "PUT":
            self._desk.teller.manner = read_manner(await request.json())
        how = self._desk.teller.manner
        return JSONResponse({name: getattr(how, name) for name in Manner.__dataclass_fields__})

    async def pay(self, request: Request) -> Response:
        """POST {"reference", "amount": pesos as text (what it asks for), "payer": {…}, "manner": {…}}."""
        said = await request.json()
        cents = to_cents(said["amount"]) if said.get("amount") is not None else None
        return _event(
            self._desk.pays(
                str(said["reference"]), cents=cents, payer=dict(said.get("payer") or {}), manner=_manner(said)
            )
        )

    async def approve(self, request: Request) -> Response:
        """POST {"order", "manner"}: its payer agrees on the page; the merchant has still to take it."""
        said = await request.json()
        return _event(self._desk.approves(str(said["order"]), manner=_manner(said)))

    async def expire(self, request: Request) -> Response:
        """POST {"order", "manner"}."""
        said = await request.json()
        return _event(self._desk.expires(str(said["order"]), manner=_manner(said)))

    async def refund(self, request: Request) -> Response:
        """POST {"order", "amount", "charge", "manner"}: by the provider's own staff, cash as well."""
        said = await request.json()
        return _event(
            self._desk.refunds(
                str(said["order"]),
                cents=to_cents(said["amount"]),
                charge_id=said.get("charge"),
                manner=_manner(said),
            )
        )

    async def charge_back(self, request: Request) -> Response:
        """POST {"order", "charge", "manner"}."""
        said = await request.json()
        return _event(self._desk.charges_back(str(said["order"]), charge_id=said.get("charge"), manner=_manner(said)))

    async def deliver(self, request: Request) -> Response:
        """Send now whatever is due."""
        return JSONResponse({"sent": await self._deliver(), "waiting": self._desk.teller.waiting})

    async def orders(self, request: Request) -> Response:
        return JSONResponse([shapes.order(one) for one in self._desk.book.orders.values()])

    async def truth(self, request: Request) -> Response:
        """Every payment that came, in cents: what a merchant's books must say in the end."""
        return JSONResponse(
            [
                {
                    "payment_id": f"{order.id}/{charge.id}",
                    "reference": charge.reference,
                    "our_reference": order.metadata.get("reference", ""),
                    "cents": charge.amount,
                    "returned": charge.amount if charge.status == "charged_back" else charge.returned,
                    "paid_at": charge.paid_at,
                }
                for order in self._desk.book.orders.values()
                for charge in order.charges
                if charge.paid_at
            ]
        )


def _manner(said: dict[str, Any]) -> Manner | None:
    return read_manner(said["manner"]) if said.get("manner") is not None else None


def _event(event: Event) -> Response:
    return JSONResponse(shapes.event(event))
