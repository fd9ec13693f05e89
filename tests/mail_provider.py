"""A stand-in of Mailgun on this machine, speaking its wire: it takes mails, refuses them, and tells of them, signed."""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.servers import _running, free_port

KEY = "key-de-prueba"
SIGNING = "firma-de-prueba"


@dataclass
class MailProvider:
    """`sick`: the status it answers with; `refuse`: addresses it does not take; `deaf`: it does not answer in time."""

    url: str = ""
    mails: list[dict[str, Any]] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)
    sick: int = 0
    deaf: float = 0
    domains: set[str] = field(default_factory=lambda: {"elamate.example"})
    calls: int = 0
    _told: int = 0

    async def take(self, request: Request) -> Response:
        self.calls += 1
        if self.deaf:
            threading.Event().wait(self.deaf)
        form = await request.form()
        if request.headers.get("authorization") != _basic(KEY):
            return Response("Forbidden", status_code=401)
        if self.sick:
            return JSONResponse({"message": "Come back later"}, self.sick, headers={"Retry-After": "120"})
        if request.path_params["domain"] not in self.domains:
            return JSONResponse({"message": "Domain not found: " + request.path_params["domain"]}, 404)
        to = str(form["to"])
        if to in self.refuse:
            return JSONResponse(
                {"message": "'to' parameter is not a valid address. please check documentation"}, status_code=400
            )
        said: dict[str, Any] = {name: form.getlist(name) for name in form}
        said["id"] = f"<{len(self.mails) + 1}.20261122@elamate.example>"
        said["files"] = {
            one.filename: await one.read()  # type: ignore[union-attr]
            for name in ("attachment", "inline")
            for one in form.getlist(name)
        }
        self.mails.append(said)
        return JSONResponse({"id": said["id"], "message": "Queued. Thank you."})

    def notice(self, event: str, mail: dict[str, Any], *, key: str = SIGNING, **more: Any) -> dict[str, Any]:
        """What its webhook would post about a mail it took."""
        self._told += 1
        token, timestamp = f"{self._told:050d}", "1795000000"
        signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
        return {
            "signature": {"timestamp": timestamp, "token": token, "signature": signature},
            "event-data": {
                "event": event,
                "timestamp": 1795000000.5,
                "recipient": mail["to"][0],
                "message": {"headers": {"message-id": mail["id"].strip("<>")}},
                "user-variables": {
                    name.removeprefix("v:"): value[0] for name, value in mail.items() if name.startswith("v:")
                },
                **more,
            },
        }


def _basic(key: str) -> str:
    from base64 import b64encode

    return "Basic " + b64encode(f"api:{key}".encode()).decode()


@contextmanager
def serve_mail_provider() -> Iterator[MailProvider]:
    kept = MailProvider()
    app = Starlette(routes=[Route("/v3/{domain}/messages", kept.take, methods=["POST"])])
    port = free_port()
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="off")
    with _running(uvicorn.Server(config)):
        kept.url = f"http://127.0.0.1:{port}/v3"
        yield kept
