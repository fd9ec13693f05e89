"""`/_sim/…`: the strings of the simulator, pulled only from this machine (ENGINE SIM-7)."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from amate.sandbox.pac.desk import Desk
from amate.sandbox.pac.faults import KINDS, as_json, read_fault
from amate.sandbox.pac.rules import NOT_CHECKED, ORDERED
from amate.sandbox.pac.stamp import STAGES
from amate.sandbox.pac.state import Document

Handler = Callable[[Request], Awaitable[Response]]


def admin_routes(desk: Desk) -> list[Route]:
    strings = _Strings(desk)
    return [
        Route("/_sim/reset", _local(strings.reset), methods=["POST"]),
        Route("/_sim/clock", _local(strings.clock), methods=["GET", "POST"]),
        Route("/_sim/lists", _local(strings.lists), methods=["GET", "PUT"]),
        Route("/_sim/faults", _local(strings.faults), methods=["GET", "POST", "DELETE"]),
        Route("/_sim/credits", _local(strings.credits_), methods=["GET", "PUT"]),
        Route("/_sim/documents", _local(strings.documents)),
        Route("/_sim/documents/{uuid}", _local(strings.document)),
        Route("/_sim/checks", _local(strings.checks)),
    ]


def checks() -> dict[str, Any]:
    """Every check with its source, in the order they are made, and what is not checked."""
    rows = [{"code": code, "message": message, "source": source} for code, message, source in STAGES]
    rows += [{"code": rule.code, "message": rule.message, "source": rule.source} for rule in ORDERED]
    return {"checks": rows, "not_checked": list(NOT_CHECKED), "faults": dict(KINDS)}


class _Strings:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def reset(self, request: Request) -> Response:
        self._desk.reset()
        return JSONResponse({"ok": True})

    async def clock(self, request: Request) -> Response:
        """POST {"set": ISO instant with zone} or {"advance": seconds}."""
        if request.method == "POST":
            said = await request.json()
            if "set" in said:
                now = datetime.fromisoformat(said["set"])
                if now.tzinfo is None:
                    raise ValueError("the instant needs a zone")
                self._desk.set_clock(now)
            else:
                self._desk.advance_clock(float(said["advance"]))
        return JSONResponse({"now": self._desk.now().isoformat()})

    async def lists(self, request: Request) -> Response:
        if request.method == "PUT":
            self._desk.load_lists(dict(await request.json()))
        return JSONResponse(self._desk.lists)

    async def faults(self, request: Request) -> Response:
        """POST one fault, DELETE all."""
        if request.method == "POST":
            self._desk.faults = [*self._desk.faults, read_fault(await request.json())]
        if request.method == "DELETE":
            self._desk.faults = []
        return JSONResponse([as_json(fault) for fault in self._desk.faults])

    async def credits_(self, request: Request) -> Response:
        """PUT {"left": number or null}; null is without limit."""
        if request.method == "PUT":
            left = (await request.json())["left"]
            self._desk.stamps_left = None if left is None else int(left)
        return JSONResponse({"left": self._desk.stamps_left})

    async def documents(self, request: Request) -> Response:
        newest = self._desk.store.recent(int(request.query_params.get("limit", "100")))
        return JSONResponse({"count": self._desk.store.count(), "documents": [_row(one) for one in newest]})

    async def document(self, request: Request) -> Response:
        found = self._desk.store.by_uuid(request.path_params["uuid"])
        if found is None:
            return JSONResponse({"error": "no such document"}, status_code=404)
        return Response(found.stamped, media_type="application/xml")

    async def checks(self, request: Request) -> Response:
        return JSONResponse(checks())


def _local(handler: Handler) -> Handler:
    """Only from this machine, and mistakes are told to the caller."""

    async def guarded(request: Request) -> Response:
        if request.client is None or not _is_loopback(request.client.host):
            return JSONResponse({"error": "only from this machine"}, status_code=403)
        try:
            return await handler(request)
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            return JSONResponse({"error": f"{type(wrong).__name__}: {wrong}"}, status_code=422)

    return guarded


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _row(document: Document) -> dict[str, str]:
    return {
        "uuid": document.uuid,
        "sha256": document.sha256,
        "customid": document.customid,
        "rfc_emisor": document.rfc_emisor,
        "rfc_receptor": document.rfc_receptor,
        "total": document.total,
        "fecha_timbrado": document.fecha_timbrado,
        "kept_at": document.kept_at.isoformat(),
    }
