"""`/_sim/…`: the strings of the simulator, pulled only from this machine (ENGINE SIM-7)."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from amate.sandbox.pac.answering import ANSWER_CODES
from amate.sandbox.pac.cancelling import UUID_CODES
from amate.sandbox.pac.desk import Desk
from amate.sandbox.pac.faults import KINDS, as_json, read_fault
from amate.sandbox.pac.loopback import only_here
from amate.sandbox.pac.rules import NOT_CHECKED, ORDERED
from amate.sandbox.pac.signed import REQUEST_CODES
from amate.sandbox.pac.stamp import STAGES
from amate.sandbox.pac.standing import standing
from amate.sandbox.pac.state import Document


def admin_routes(desk: Desk) -> list[Route]:
    strings = _Strings(desk)
    return [
        Route("/_sim/reset", only_here(strings.reset), methods=["POST"]),
        Route("/_sim/clock", only_here(strings.clock), methods=["GET", "POST"]),
        Route("/_sim/clock_of", only_here(strings.clock_of), methods=["PUT"]),
        Route("/_sim/lists", only_here(strings.lists), methods=["GET", "PUT"]),
        Route("/_sim/faults", only_here(strings.faults), methods=["GET", "POST", "DELETE"]),
        Route("/_sim/credits", only_here(strings.credits_), methods=["GET", "PUT"]),
        Route("/_sim/acceptance", only_here(strings.acceptance), methods=["GET", "POST"]),
        Route("/_sim/status", only_here(strings.status), methods=["GET", "PUT"]),
        Route("/_sim/receiver/{rfc}", only_here(strings.attitude), methods=["POST"]),
        Route("/_sim/receiver/{rfc}/{uuid}", only_here(strings.receiver), methods=["POST"]),
        Route("/_sim/documents", only_here(strings.documents)),
        Route("/_sim/documents/{uuid}", only_here(strings.document)),
        Route("/_sim/checks", only_here(strings.checks)),
    ]


def checks() -> dict[str, Any]:
    """Every check with its source, in the order they are made, and what is not checked."""
    rows = [{"code": code, "message": message, "source": source} for code, message, source in STAGES]
    rows += [
        {"code": code, "message": f"cancelar: {message}", "source": source}
        for code, message, source in (*REQUEST_CODES, *UUID_CODES, *ANSWER_CODES)
    ]
    rows += [{"code": rule.code, "message": rule.message, "source": rule.source} for rule in ORDERED]
    return {"checks": rows, "not_checked": list(NOT_CHECKED), "faults": dict(KINDS)}


def read_instant(said: object) -> datetime:
    """Raises ValueError."""
    now = datetime.fromisoformat(str(said))
    if now.tzinfo is None:
        raise ValueError("the instant needs a zone")
    return now


class _Strings:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def reset(self, request: Request) -> Response:
        self._desk.reset()
        return JSONResponse({"ok": True})

    async def clock_of(self, request: Request) -> Response:
        """PUT {"rfc", "now": ISO instant with zone}: the clock of one issuer that tries things out."""
        said = await request.json()
        self._desk.set_clock_of(str(said["rfc"]), read_instant(said["now"]))
        return JSONResponse({"ok": True})

    async def clock(self, request: Request) -> Response:
        """POST {"set": ISO instant with zone} or {"advance": seconds}."""
        if request.method == "POST":
            said = await request.json()
            if "set" in said:
                self._desk.set_clock(read_instant(said["set"]))
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

    async def acceptance(self, request: Request) -> Response:
        """POST {"working_days": n} or {"advance": seconds}: the clock by which a receiver's silence counts."""
        now = self._desk.sat().clocks.acceptance
        if request.method == "POST":
            said = await request.json()
            now = self._desk.advance_acceptance(
                seconds=float(said.get("advance", 0)), working_days=int(said.get("working_days", 0))
            )
        return JSONResponse({"now": now.isoformat()})

    async def status(self, request: Request) -> Response:
        """PUT {"unknown_for": seconds}: how long after its stamp the SAT does not know a document."""
        if request.method == "PUT":
            self._desk.sat_lag = float((await request.json())["unknown_for"])
        return JSONResponse({"unknown_for": self._desk.sat_lag})

    async def attitude(self, request: Request) -> Response:
        """POST {"answer": accept, reject or silent}: what this receiver does with requests to come."""
        self._desk.set_attitude(request.path_params["rfc"], str((await request.json())["answer"]))
        return JSONResponse(self._desk.attitudes)

    async def receiver(self, request: Request) -> Response:
        """POST {"answer": accept, reject or silent} to one request that waits for this receiver."""
        said, uuid = await request.json(), request.path_params["uuid"]
        if uuid.upper() not in [one.uuid for one in self._desk.pending(request.path_params["rfc"])]:
            return JSONResponse({"error": "nothing of this receiver waits for an answer"}, status_code=404)
        return JSONResponse({"outcome": self._desk.play(uuid, str(said["answer"]))})

    async def documents(self, request: Request) -> Response:
        newest = self._desk.store.recent(int(request.query_params.get("limit", "100")))
        return JSONResponse({"count": self._desk.store.count(), "documents": [self._row(one) for one in newest]})

    async def document(self, request: Request) -> Response:
        found = self._desk.store.by_uuid(request.path_params["uuid"])
        if found is None:
            return JSONResponse({"error": "no such document"}, status_code=404)
        return Response(found.stamped, media_type="application/xml")

    def _row(self, document: Document) -> dict[str, str]:
        sat = self._desk.sat()
        stands = standing(document, store=sat.store, clocks=sat.clocks)
        return {**_row(document), "estado": stands.estado, "estatus_cancelacion": stands.estatus_cancelacion}

    async def checks(self, request: Request) -> Response:
        return JSONResponse(checks())


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
