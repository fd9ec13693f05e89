"""`POST /messages` takes a text; `/_sim/…` shows them on this machine and decides what is answered."""

import re
import secrets
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from amate.sandbox.pac.loopback import only_here

_MOBILE = re.compile(r"\+52\d{10}")


class Phones:
    """`status`: what the next requests are answered instead of being taken; `dead`: numbers that nobody has."""

    def __init__(self, *, token: str) -> None:
        self.token = token
        self.reset()

    def reset(self) -> None:
        self.texts: list[dict[str, str]] = []
        self.status = 200
        self.dead: set[str] = set()


def create_app(phones: Phones) -> ASGIApp:
    async def take(request: Request) -> Response:
        given = request.headers.get("Authorization", "").encode()
        if not secrets.compare_digest(given, f"Bearer {phones.token}".encode()):
            return JSONResponse({"error": "unauthorized"}, status_code=401)
        if phones.status != 200:
            return PlainTextResponse("busy", status_code=phones.status, headers={"Retry-After": "7"})
        said = await request.json()
        text = {name: str(said.get(name, "")) for name in ("to", "text", "id", "sender")}
        if not _MOBILE.fullmatch(text["to"]) or text["to"] in phones.dead:
            return JSONResponse({"messages": [{"status": "rejected", "error": "invalid_number"}]}, status_code=200)
        phones.texts.append(text)
        return JSONResponse({"messages": [{"status": "accepted", "id": f"sms-{len(phones.texts)}"}]})

    async def show(request: Request) -> Response:
        return JSONResponse(phones.texts)

    async def change(request: Request) -> Response:
        """PUT {"status", "dead"}."""
        said: dict[str, Any] = await request.json()
        phones.status = int(said.get("status", 200))
        phones.dead = set(said.get("dead", []))
        return JSONResponse({"ok": True})

    async def reset(request: Request) -> Response:
        phones.reset()
        return JSONResponse({"ok": True})

    return Starlette(
        routes=[
            Route("/messages", take, methods=["POST"]),
            Route("/_sim/texts", only_here(show)),
            Route("/_sim/moods", only_here(change), methods=["PUT"]),
            Route("/_sim/reset", only_here(reset), methods=["POST"]),
        ]
    )
