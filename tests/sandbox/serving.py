"""The simulator over real HTTP, in a thread of the tests' own process."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from amate.adapters.pac import PacAccount
from amate.adapters.pac.sw_sapien import SwSapien
from amate.sandbox.mint import World
from amate.sandbox.pac.app import create_app
from amate.sandbox.pac.state import MemoryStore, Store

T = TypeVar("T")


@dataclass
class Simulator:
    """`paths`: every request it was asked, in order."""

    url: str
    world: World
    paths: list[str] = field(default_factory=list)

    def account(self, **changes: Any) -> PacAccount:
        facts: dict[str, Any] = {
            "code": "sw_sapien",
            "services_url": self.url,
            "api_url": self.url,
            "user": self.world.user,
            "password": self.world.password,
            "certificates": {self.world.pac.no_certificado: self.world.pac.cer},
        }
        return PacAccount(**{**facts, **changes})

    def fault(self, kind: str, **more: Any) -> None:
        self.admin("POST", "faults", {"kind": kind, **more})

    def admin(self, method: str, name: str, body: Any = None) -> Any:
        answer = httpx.request(method, f"{self.url}/_sim/{name}", json=body, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def asked(self, path: str) -> int:
        return self.paths.count(path)


@contextmanager
def serving(world: World, store: Store | None = None) -> Iterator[Simulator]:
    listening = socket.create_server(("127.0.0.1", 0))
    simulator = Simulator(f"http://127.0.0.1:{listening.getsockname()[1]}", world)
    app = create_app(world, store or MemoryStore(), lambda: datetime.now(UTC))
    config = uvicorn.Config(
        _Recorded(app, simulator.paths), log_level="error", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield simulator
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def call(account: PacAccount, what: Callable[[SwSapien], Coroutine[Any, Any, T]], **options: Any) -> T:
    """Open a client, run `what(client)` and close it."""

    async def run() -> T:
        pac = SwSapien(account, **options)
        try:
            return await what(pac)
        finally:
            await pac.aclose()

    return asyncio.run(run())


class _Recorded:
    """Passes the server's own `send` on untouched: the faults need it."""

    def __init__(self, app: ASGIApp, paths: list[str]) -> None:
        self._app = app
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith("/_sim"):
            self._paths.append(scope["path"])
        await self._app(scope, receive, send)
