"""A WHM that keeps accounts and misbehaves when told to: written from cPanel's own pages, sharing nothing with the client."""

from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from amate.sandbox.pac.cuts import Hang

USER, TOKEN = "root", "TOKEN1DE2WHM3"
CHANGES = {"suspendacct": 1, "unsuspendacct": 0}


@dataclass
class Server:
    """`mood`: "silent" (it does it and says nothing), "broken" (does it and answers 500), "html", "half" (half a JSON),
    "locked" (result 0), "noacl" (result 0 for a token that may not), "busy" (503), "moved" (301), or none. `at`: the function at
    which it shows."""

    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    mood: str = ""
    at: str = "suspendacct"
    asked: list[str] = field(default_factory=list)

    def reset(self) -> None:
        self.accounts = {name: {"user": name, "suspended": 0, "suspendreason": "not suspended"} for name in NAMES}
        self.mood, self.at, self.asked = "", "suspendacct", []

    def suspend(self, name: str, reason: str) -> None:
        self.accounts[name] |= {"suspended": 1, "suspendreason": reason}

    def suspended(self) -> dict[str, str]:
        return {name: one["suspendreason"] for name, one in self.accounts.items() if one["suspended"]}


NAMES = ("rosa", "luis")


def whm_of(server: Server) -> Starlette:
    async def asked(request: Request) -> Response:
        what, facts = request.path_params["what"], dict(request.query_params)
        if request.headers.get("authorization") != f"whm {USER}:{TOKEN}":
            return JSONResponse({"cpanelresult": {"error": "Access denied", "data": {"result": "0"}}}, status_code=403)
        assert facts.pop("api.version") == "1", "otherwise it answers in another shape"
        server.asked.append(what)
        strange = _before(server) if what == server.at else None
        return strange or _after(server, what, _do(server, what, facts))

    return Starlette(routes=[Route("/json-api/{what}", asked, methods=["GET", "POST"])])


def _before(server: Server) -> Response | None:
    if server.mood == "html":
        return HTMLResponse("<html>WHM Login</html>")
    if server.mood == "locked":
        return _said(0, "Failed to acquire lock")
    if server.mood == "noacl":
        return _said(0, "You do not have permission to do this")
    if server.mood == "busy":
        return Response(status_code=503, headers={"Retry-After": "90"})
    return Response(status_code=301, headers={"Location": "/"}) if server.mood == "moved" else None


def _after(server: Server, what: str, done: JSONResponse) -> Response:
    if what != server.at:
        return done
    if server.mood == "silent":
        return Hang()
    if server.mood == "half":
        return Response(bytes(done.body)[:-9], media_type="application/json")
    return Response(status_code=500) if server.mood == "broken" else done


def _do(server: Server, what: str, facts: dict[str, str]) -> JSONResponse:
    if what == "listaccts":
        shown = facts["want"].split(",")
        return _said(1, "OK", acct=[{name: one[name] for name in shown} for one in server.accounts.values()])
    one = server.accounts.get(facts["user"])
    if one is None:
        return _said(0, "Account does not exist.")
    if what == "accountsummary":
        return _said(1, "OK", acct=[one])
    one |= {"suspended": CHANGES[what], "suspendreason": facts.get("reason") or "not suspended"}
    printed = "Changing Shell to /bin/false...\n" * 400  # what its script prints is long
    return JSONResponse({"metadata": {"output": {"raw": printed}, "result": 1, "reason": "OK", "version": 1}})


def _said(result: int, reason: str, **data: Any) -> JSONResponse:
    return JSONResponse({"metadata": {"result": result, "reason": reason, "version": 1}, "data": data})
