"""The simulated system over HTTP, and `/_sim/…` for whoever plays with it on this machine."""

import asyncio
import json
from datetime import datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from amate.sandbox.pac.cuts import Hang
from amate.sandbox.pac.loopback import only_here
from amate.sandbox.switch.board import BadNotice, Board, read_moods


def create_app(board: Board) -> ASGIApp:
    """`POST /services` is told, `POST /observe` is asked."""
    door, strings = _Door(board), _Strings(board)
    return Starlette(
        routes=[
            Route("/services", door.told, methods=["POST"]),
            Route("/observe", door.asked, methods=["POST"]),
            Route("/_sim/reset", only_here(strings.reset), methods=["POST"]),
            Route("/_sim/moods", only_here(strings.moods), methods=["PUT"]),
            Route("/_sim/clock", only_here(strings.clock), methods=["POST"]),
            Route("/_sim/clock_of", only_here(strings.clock_of), methods=["PUT"]),
            Route("/_sim/services", only_here(strings.services), methods=["GET"]),
            Route("/_sim/by_hand", only_here(strings.by_hand), methods=["POST"]),
        ]
    )


class _Door:
    def __init__(self, board: Board) -> None:
        self._board = board

    async def told(self, request: Request) -> Response:
        body = await request.body()
        refused = await self._refused(request, body)
        if refused is not None:
            return refused
        silent = self._board.strikes(self._board.moods.silent)
        self._board.take(json.loads(body))
        if silent:
            return Hang()
        broken = self._board.strikes(self._board.moods.broken)
        return JSONResponse({"ok": not broken}, status_code=500 if broken else 200)

    async def asked(self, request: Request) -> Response:
        body = await request.body()
        refused = await self._refused(request, body)
        if refused is not None:
            return refused
        self._board.settle()
        known = self._board.services
        wanted = [one for one in json.loads(body)["services"] if one in known]
        return JSONResponse({"services": {one: {"state": known[one][0], "gen": known[one][1]} for one in wanted}})

    async def _refused(self, request: Request, body: bytes) -> Response | None:
        moods = self._board.moods
        if moods.slow:
            await asyncio.sleep(moods.slow)
        if self._board.strikes(moods.down):
            return JSONResponse({"error": "down"}, status_code=503, headers={"Retry-After": "60"})
        if moods.status != 200:
            return JSONResponse(
                {"error": "no"}, status_code=moods.status, headers={"Location": "https://otro.invalid/"}
            )
        try:
            self._board.check(dict(request.headers), body)
        except BadNotice as bad:
            return JSONResponse({"error": str(bad)}, status_code=401)
        return None


class _Strings:
    def __init__(self, board: Board) -> None:
        self._board = board

    async def reset(self, request: Request) -> Response:
        self._board.reset()
        return JSONResponse({"ok": True})

    async def moods(self, request: Request) -> Response:
        self._board.moods = read_moods(await request.json())
        return JSONResponse({"ok": True})

    async def clock(self, request: Request) -> Response:
        """POST {"advance": seconds}; what was on its way arrives."""
        self._board.advance(float((await request.json())["advance"]))
        return JSONResponse({"now": self._board.now().isoformat()})

    async def clock_of(self, request: Request) -> Response:
        """PUT {"rfc", "now"}: as of the other simulators; this one serves one company, so its own clock is set."""
        now = datetime.fromisoformat((await request.json())["now"])
        self._board.advance(max((now - self._board.now()).total_seconds(), 0.0))
        return JSONResponse({"ok": True})

    async def services(self, request: Request) -> Response:
        self._board.settle()
        rows = {name: {"state": state, "gen": gen} for name, (state, gen) in self._board.services.items()}
        return JSONResponse({"services": rows, "told": self._board.told, "waiting": len(self._board.waiting)})

    async def by_hand(self, request: Request) -> Response:
        """POST {"service", "state"}: a technician changes it without telling anybody."""
        said = await request.json()
        gen = self._board.services.get(str(said["service"]), ("", 0))[1]
        self._board.services[str(said["service"])] = (str(said["state"]), gen)
        return JSONResponse({"ok": True})
