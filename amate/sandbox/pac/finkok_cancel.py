"""Finkok's service of cancellations: cancel, pending, answer, receipt (ENGINE FINKOK), under the faults of the day."""

from uuid import uuid4
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from amate.sandbox.pac.cuts import rest
from amate.sandbox.pac.desk import Desk
from amate.sandbox.pac.finkok_wire import Asked, NoEnvelope, Tree, fault, read_request, result, signed_of
from amate.sandbox.pac.refusal import Refusal
from amate.sandbox.pac.strike import after, before, faults_of

CANCEL = "cancel"
# Which faults of the desk strike which operation.
ACTS = {
    "cancel_signature": "cancel",
    "accept_reject_signature": "answer",
    "get_pending": "pending",
    "get_receipt": "pending",
    "get_sat_status": "relay",
}
# Finkok looks before it asks the SAT, and has a word of its own for what has live relations.
OWN_WORDS = {"204": "no_cancelable"}


def finkok_cancel_routes(desk: Desk) -> list[Route]:
    wire = _FinkokCancel(desk)
    return [Route(f"/servicios/soap/{CANCEL}{end}", wire.act, methods=["POST"]) for end in ("", ".wsdl")]


class _FinkokCancel:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def act(self, request: Request) -> Response:
        try:
            asked = read_request(await request.body())
            faults = faults_of(request, self._desk, act=ACTS.get(asked.operation, CANCEL))
        except NoEnvelope as wrong:
            return fault(str(wrong))
        except ValueError as wrong:
            return PlainTextResponse(f"X-Sim-Fault: {wrong}\n", status_code=400)
        if asked.operation not in ACTS:
            return fault(f"Requested resource {asked.operation!r} not found")
        await rest(faults)
        spoilt = before(faults)
        if spoilt is not None:
            return spoilt
        return after(result(CANCEL, asked.operation, self._said(asked, frozenset(faults))), faults)

    def _said(self, asked: Asked, kinds: frozenset[str]) -> Tree:
        known = self._desk.admits(asked.fields.get("username", ""), asked.fields.get("password", ""))
        if "expired_token" in kinds or not known:
            return {
                "CodEstatus": "300 - Usuario y contraseña inválidos",
                "error": "300 - Usuario y contraseña inválidos",
            }
        try:
            return {
                "cancel_signature": self._cancel,
                "accept_reject_signature": self._answer,
                "get_pending": self._pending,
                "get_receipt": self._receipt,
                "get_sat_status": self._sat_status,
            }[asked.operation](asked, kinds)
        except Refusal as refusal:
            said = f"{refusal.code} - {refusal.message}"
            return {"CodEstatus": said, "error": said}

    def _cancel(self, asked: Asked, kinds: frozenset[str]) -> Tree:
        answered = self._desk.cancel(signed_of(asked), done="cancel_not_done" not in kinds)
        if "json_without_data" in kinds:
            return {"Folios": "", "CodEstatus": ""}
        folios = [
            {"UUID": _uuid(uuid, kinds), "EstatusUUID": OWN_WORDS.get(code, code), "EstatusCancelacion": ""}
            for uuid, code in answered.codes.items()
        ]
        return {"Folios": {"Folio": folios}, "Acuse": _acuse(answered.acuse, kinds), "RfcEmisor": answered.rfc}

    def _answer(self, asked: Asked, kinds: frozenset[str]) -> Tree:
        answered = self._desk.answer(signed_of(asked))
        rows = [{"uuid": _uuid(uuid, kinds), "status": code} for uuid, code in answered.codes.items()]
        return {"aceptacion": {"Aceptacion": rows}, "rechazo": "", "Acuse": _acuse(answered.acuse, kinds)}

    def _pending(self, asked: Asked, kinds: frozenset[str]) -> Tree:
        waiting = [one.uuid for one in self._desk.pending(asked.fields.get("rtaxpayer_id", ""))]
        return {"uuids": {"string": waiting} if waiting else "", "error": ""}

    def _receipt(self, asked: Asked, kinds: frozenset[str]) -> Tree:
        uuid = asked.fields.get("uuid", "")
        found = self._desk.store.cancellation(uuid.upper())
        if found is None:
            return {"success": "false", "uuid": uuid, "receipt": "", "error": "No se encontró el acuse"}
        return {"success": "true", "uuid": uuid, "receipt": found.acuse.decode(), "error": ""}

    def _sat_status(self, asked: Asked, kinds: frozenset[str]) -> Tree:
        """It asks the SAT without the seal, and says nothing of the issuer's standing (EFOS)."""
        said = {name: escape(asked.fields.get(name, "")) for name in ("taxpayer_id", "rtaxpayer_id", "total", "uuid")}
        expression = "?re={taxpayer_id}&rr={rtaxpayer_id}&tt={total}&id={uuid}".format(**said)
        told = self._desk.tell(expression)
        if "json_without_data" in kinds:
            return {"error": "No se pudo consultar al SAT"}
        words = {
            "CodigoEstatus": told.codigo,
            "Estado": told.standing.estado,
            "EsCancelable": told.standing.es_cancelable,
            "EstatusCancelacion": told.standing.estatus_cancelacion,
        }
        return {"sat": {name: word for name, word in words.items() if word}, "error": ""}


def _uuid(uuid: str, kinds: frozenset[str]) -> str:
    return str(uuid4()).upper() if "other_uuid" in kinds else uuid


def _acuse(acuse: bytes, kinds: frozenset[str]) -> str:
    if "no_acuse" in kinds:
        return ""
    return (acuse[: len(acuse) // 2] if "acuse_malformed" in kinds else acuse).decode()
