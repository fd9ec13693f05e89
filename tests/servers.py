"""Real servers for tests: the PAC simulator, an SMTP server that keeps what it is given, and our own site."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import httpx
import uvicorn
from aiosmtpd.controller import Controller

from amate.sandbox.mint import World as Minted


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@dataclass
class PacServer:
    url: str

    def reset(self) -> None:
        httpx.post(f"{self.url}/_sim/reset").raise_for_status()

    def admin(self, what: str, said: Any, *, method: str = "POST") -> Any:
        answer = httpx.request(method, f"{self.url}/_sim/{what}", json=said)
        answer.raise_for_status()
        return answer.json()

    def documents(self) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self.url}/_sim/documents")
        answer.raise_for_status()
        found = answer.json()
        return list(found["documents"]) if isinstance(found, dict) else list(found)


@contextmanager
def serve_pac(minted: Minted, store: Any = None) -> Iterator[PacServer]:
    """`store`: where it keeps what it stamped; without one, in a memory that nobody else sees."""
    from amate.sandbox.pac.app import create_app
    from amate.sandbox.pac.state import MemoryStore

    port = free_port()
    config = uvicorn.Config(
        create_app(minted, store or MemoryStore(), lambda: datetime.now(UTC)),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        lifespan="off",
    )
    with _running(uvicorn.Server(config)):
        yield PacServer(f"http://127.0.0.1:{port}")


@contextmanager
def _running(server: uvicorn.Server) -> Iterator[None]:
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
        threading.Event().wait(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


@dataclass
class MailServer:
    """A real SMTP server. `refuse` answers 550 to these addresses, `busy` answers 451 to all."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)
    busy: bool = False

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def clear(self) -> None:
        self.mails.clear()
        self.refuse.clear()
        self.busy = False

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.busy:
            return "451 try later"
        if address in self.refuse:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 kept"


@contextmanager
def catch_mail() -> Iterator[MailServer]:
    kept = MailServer(port=free_port())
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()


@contextmanager
def serve_site(port: int = 0) -> Iterator[str]:
    """Our site as production serves it: WSGI, hashed static files, threads. The database is this process's clone."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    from amate.web.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadedWSGIServer(("127.0.0.1", port), Quiet)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
