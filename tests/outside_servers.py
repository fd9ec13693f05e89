"""The simulated switch and SMS gateway over real HTTP, in a thread."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp

from amate.adapters.messages.sms import Gateway
from amate.adapters.switch import SwitchAccount
from amate.adapters.switch.signing import new_key
from amate.sandbox.switch.app import create_app as switch_app
from amate.sandbox.switch.board import Board
from amate.sandbox.texts.app import Phones
from amate.sandbox.texts.app import create_app as texts_app

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
HERE = frozenset({"127.0.0.1"})
ADMIN = httpx.Client(trust_env=False)


@dataclass
class OutsideServer:
    url: str

    def admin(self, method: str, what: str, said: Any = None) -> Any:
        answer = ADMIN.request(method, f"{self.url}/_sim/{what}", json=said)
        answer.raise_for_status()
        return answer.json()


@dataclass
class SwitchServer(OutsideServer):
    key: str = ""

    def account(self, **changes: Any) -> SwitchAccount:
        facts: dict[str, Any] = {
            "code": "webhook",
            "url": f"{self.url}/services",
            "keys": (self.key,),
            "observe_url": f"{self.url}/observe",
            "private": HERE,
        }
        return SwitchAccount(**{**facts, **changes})

    def services(self) -> dict[str, dict[str, Any]]:
        return dict(self.admin("GET", "services")["services"])


@dataclass
class TextServer(OutsideServer):
    token: str = ""

    def gateway(self, **changes: Any) -> Gateway:
        facts: dict[str, Any] = {
            "url": f"{self.url}/messages",
            "headers": {"Authorization": "Bearer {{key}}"},
            "key": self.token,
            "body": '{"to": "{{to}}", "text": "{{text}}", "id": "{{id}}", "sender": "{{sender}}"}',
            "sender": "AMATE",
            "success_at": "messages.0.status",
            "success": frozenset({"accepted"}),
            "id_at": "messages.0.id",
            "bad_number": ("invalid_number",),
            "private": HERE,
        }
        return Gateway(**{**facts, **changes})


@contextmanager
def serve_switch(*, seed: int = 1) -> Iterator[SwitchServer]:
    key = new_key()
    with serving(switch_app(Board(keys=[key], seed=seed, clock=lambda: NOON))) as url:
        yield SwitchServer(url, key)


@contextmanager
def serve_texts() -> Iterator[TextServer]:
    with serving(texts_app(Phones(token="token-1"))) as url:
        yield TextServer(url, "token-1")


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
