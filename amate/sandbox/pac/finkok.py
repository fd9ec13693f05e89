"""Finkok's wire: SOAP, credentials in every call, XML in base64 (ENGINE FINKOK)."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from amate.sandbox.pac.cuts import rest
from amate.sandbox.pac.desk import Desk
from amate.sandbox.pac.finkok_wire import Asked, NoEnvelope, Tree, fault, incident, read_request, result, signed_of
from amate.sandbox.pac.refusal import Refusal
from amate.sandbox.pac.spoil import spoil
from amate.sandbox.pac.stamp import Stamping
from amate.sandbox.pac.state import Document
from amate.sandbox.pac.strike import after, before, faults_of

STAMP, REGISTRATION = "stamp", "registration"
STAMPED_WELL = "Comprobante timbrado satisfactoriamente"
STAMPED_BEFORE = "Comprobante timbrado previamente"
ON_DEMAND = "-1"
LAG = timedelta(minutes=5)  # how long it may forget what it stamped; of the real one eight seconds were seen


def finkok_routes(desk: Desk) -> list[Route]:
    """With and without `.wsdl`: clients write both."""
    wire = _Finkok(desk)
    services = {STAMP: wire.stamping, REGISTRATION: wire.registration}
    return [
        Route(f"/servicios/soap/{service}{ending}", act, methods=["POST"])
        for service, act in services.items()
        for ending in ("", ".wsdl")
    ]


class _Finkok:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # ------------------------------------------------------------ stamping

    async def stamping(self, request: Request) -> Response:
        try:
            faults = faults_of(request, self._desk)
            asked = read_request(await request.body())
        except ValueError as wrong:
            return PlainTextResponse(f"X-Sim-Fault: {wrong}\n", status_code=400)
        except NoEnvelope as wrong:
            return fault(str(wrong))
        if asked.operation not in ("stamp", "quick_stamp", "stamped", "query_pending"):
            return fault(f"Requested resource {asked.operation!r} not found")
        await rest(faults)
        spoilt = before(faults)
        if spoilt is not None:
            return spoilt
        kinds = frozenset(faults)
        if asked.operation == "query_pending":
            return result(STAMP, asked.operation, self._pending(asked))
        return after(result(STAMP, asked.operation, self._stamp(asked, kinds)), faults)

    def _stamp(self, asked: Asked, kinds: frozenset[str]) -> Tree:
        if "expired_token" in kinds or not self._admitted(asked):
            return _refused("300", "El usuario o contraseña son inválidos")
        if asked.operation == "stamped":
            return self._stamped(asked, kinds)
        if "no_credits" in kinds or self._desk.stamps_left == 0:
            return _refused("718", "La cuenta no tiene timbres disponibles")
        try:
            stamping = self._desk.stamp(signed_of(asked), customid="")
        except Refusal as refusal:
            return _refused(refusal.code, refusal.message, refusal.detail)
        return self._told(asked, stamping, kinds)

    def _told(self, asked: Asked, stamping: Stamping, kinds: frozenset[str]) -> Tree:
        incidents = [incident("", "Aviso: este CFDI tiene algo que revisar")] if "warned" in kinds else []
        if stamping.again:
            incidents.append(incident("307", "El CFDI contiene un timbre previo"))
        mute = asked.operation == "quick_stamp" or "307_without_data" in kinds
        if stamping.document is None or (stamping.again and mute):
            return {"xml": "", "Incidencias": {"Incidencia": incidents}}
        if "json_without_data" in kinds:
            return {"xml": "", "CodEstatus": STAMPED_WELL, "Incidencias": ""}
        return self._with_xml(stamping.document, kinds, incidents, again=stamping.again)

    def _stamped(self, asked: Asked, kinds: frozenset[str]) -> Tree:
        try:
            document = self._desk.find(signed_of(asked))
        except Refusal as refusal:
            return _refused(refusal.code, refusal.message, refusal.detail)
        if document is None or ("forgets" in kinds and self._desk.now() - document.kept_at < LAG):
            return _refused("603", "El CFDI no contiene un timbre previo")
        return self._with_xml(document, kinds, [], again=True)

    def _with_xml(self, document: Document, kinds: frozenset[str], incidents: list[Tree], *, again: bool) -> Tree:
        xml = spoil(document.stamped, kinds=kinds, signer=self._desk.signer)
        return {
            "xml": xml.decode(),
            "UUID": document.uuid,
            "Fecha": document.fecha_timbrado,
            "CodEstatus": STAMPED_BEFORE if again else STAMPED_WELL,
            "SatSeal": document.sello_sat,
            "Incidencias": {"Incidencia": incidents} if incidents else "",
            "NoCertificadoSAT": document.no_certificado_sat,
        }

    def _pending(self, asked: Asked) -> Tree:
        """F: stamped and at the SAT. This one hands everything in at once."""
        uuid = asked.fields.get("uuid", "")
        if not self._admitted(asked):
            return {"error": "El usuario o contraseña son inválidos"}
        document = self._desk.store.by_uuid(uuid)
        if document is None:
            return {"error": f"UUID {uuid} No Encontrado"}
        return {
            "status": "F",
            "xml": document.stamped.decode(),
            "uuid": document.uuid,
            "uuid_status": "",
            "next_attempt": "",
            "attempts": "1",
            "error": "",
            "date": document.fecha_timbrado,
        }

    # ------------------------------------------------------------ the account

    async def registration(self, request: Request) -> Response:
        """`get`: the credits of one RFC. Here the account has one purse for all."""
        try:
            asked = read_request(await request.body())
        except NoEnvelope as wrong:
            return fault(str(wrong))
        if asked.operation != "get":
            return fault(f"Requested resource {asked.operation!r} not found")
        if not self._admitted(asked, prefix="reseller_"):
            return result(REGISTRATION, "get", {"message": "El usuario o contraseña son inválidos", "users": ""})
        left = self._desk.stamps_left
        user = {
            "status": "A",
            "counter": str(self._desk.store.count()),
            "taxpayer_id": asked.fields.get("taxpayer_id", ""),
            "credit": ON_DEMAND if left is None else str(left),
        }
        return result(REGISTRATION, "get", {"message": "", "users": {"ResellerUser": user}})

    def _admitted(self, asked: Asked, *, prefix: str = "") -> bool:
        said = asked.fields
        return self._desk.admits(said.get(f"{prefix}username", ""), said.get(f"{prefix}password", ""))


def _refused(code: str, message: str, extra: str = "") -> Tree:
    return {"xml": "", "Incidencias": {"Incidencia": [incident(code, message, extra)]}}
