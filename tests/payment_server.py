"""The simulated payment provider over real HTTP in a thread, and somebody who listens to its notices."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from amate.adapters.payments import BY_SECRET, ChargeRequest, InboundRequest, PayerRef, ProviderAccount, Way
from amate.sandbox.payments.app import create_app
from amate.sandbox.payments.desk import Desk

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
ADMIN = httpx.Client(trust_env=False)
API_KEY = "key_of_the_tests"
ANA = PayerRef(our_id="C-00148", name="Ana Núñez", email="ana@example.mx", phone="5555550148")


def request_of(amount: str = "349.00", *, way: Way = Way.SPEI, reference: str = "R-1", days: int = 5) -> ChargeRequest:
    return ChargeRequest(
        our_reference=reference,
        amount=Decimal(amount),
        way=way,
        concept="Internet 50 megas, marzo",
        payer=ANA,
        expires_at=NOON + timedelta(days=days),
    )


@dataclass
class Listener:
    """Where notices arrive. `status`: what it answers them."""

    url: str
    status: int = 200
    heard: list[InboundRequest] = field(default_factory=list)


@dataclass
class PaymentServer:
    """`heads`: the headers of every call of a merchant, in order. Its clock stands still until it is told otherwise."""

    url: str
    heads: list[dict[str, str]] = field(default_factory=list)

    def account(self, **changes: Any) -> ProviderAccount:
        facts: dict[str, Any] = {
            "code": "conekta",
            "api_url": self.url,
            "private_key": API_KEY,
        }
        facts |= changes
        if facts["code"] == "paypal":
            facts["private_key"] = f"cliente:{facts['private_key']}"
        if facts["code"] == "mercado_pago":
            facts["private_key"] = f"APP_USR-{facts['private_key']}"
        if "webhook_keys" not in facts:
            proof = "signing_secret" if facts["code"] in BY_SECRET else "public_key"
            proof = "webhook_id" if facts["code"] == "paypal" else proof
            facts["webhook_keys"] = (self.admin("GET", "account")[proof],)
        return ProviderAccount(**facts)

    def admin(self, method: str, what: str, said: Any = None) -> Any:
        answer = ADMIN.request(method, f"{self.url}/_sim/{what}", json=said)
        answer.raise_for_status()
        return answer.json()

    def pays(self, reference: str, **more: Any) -> dict[str, Any]:
        return dict(self.admin("POST", "pay", {"reference": reference, **more}))

    def days_pass(self, days: float) -> None:
        self.admin("POST", "clock", {"advance": days * 86_400})

    def fault(self, kind: str, **more: Any) -> None:
        self.admin("POST", "faults", {"kind": kind, **more})

    def tells(self, listener: Listener, *, wire: str = "conekta") -> None:
        self.admin("PUT", "account", {"webhooks": [listener.url], "wire": wire})

    def deliver(self) -> list[dict[str, Any]]:
        return list(self.admin("POST", "deliver")["sent"])


@contextmanager
def serve_payments(*, seed: int = 1) -> Iterator[PaymentServer]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = PaymentServer(f"http://127.0.0.1:{listening.getsockname()[1]}")
    app = create_app(Desk(seed=seed, clock=lambda: NOON, api_key=API_KEY), by_itself=False)
    config = uvicorn.Config(_Recorded(app, server.heads), log_level="error", timeout_graceful_shutdown=1)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        running.should_exit = True
        thread.join(timeout=10)


@contextmanager
def listen() -> Iterator[Listener]:
    """A web server of the merchant's, which keeps what it is told."""
    kept: Listener

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            head = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(urlsplit(self.path).query))
            kept.heard.append(InboundRequest(body, head, NOON, query))
            self.send_response(kept.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept = Listener(f"http://127.0.0.1:{server.server_port}/avisos")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class _Recorded:
    def __init__(self, app: ASGIApp, heads: list[dict[str, str]]) -> None:
        self._app = app
        self._heads = heads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith("/_sim"):
            said = {name.decode(): value.decode() for name, value in scope["headers"]}
            self._heads.append({**said, ":method": scope["method"], ":path": scope["path"]})
        await self._app(scope, receive, send)
