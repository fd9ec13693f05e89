"""SW Sapien's routes of a cancellation: cancel, pending, answer, relations (ENGINE SW), under the faults of the day."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import uuid4

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from amate.sandbox.pac import wire
from amate.sandbox.pac.cancelling import Answered
from amate.sandbox.pac.cuts import rest
from amate.sandbox.pac.desk import Desk
from amate.sandbox.pac.faults import Fault
from amate.sandbox.pac.refusal import Refusal
from amate.sandbox.pac.signed import MAX_BYTES
from amate.sandbox.pac.state import Document
from amate.sandbox.pac.strike import after, before, faults_of

_RECEIVED = frozenset({"201", "202", "1000"})


def cancel_routes(desk: Desk) -> list[Route]:
    sw = _SwCancel(desk)
    return [
        Route("/cfdi33/cancel/xml", sw.cancel, methods=["POST"]),
        Route("/cfdi33/cancel/{rest:path}", sw.not_with_keys, methods=["POST"]),
        Route("/pendings/{rfc}", sw.pending),
        Route("/acceptreject/xml", sw.answer, methods=["POST"]),
        Route("/acceptreject/{rest:path}", sw.not_with_keys, methods=["POST"]),
        Route("/relations/{rfc}/{uuid}", sw.relations, methods=["GET", "POST"]),
    ]


class _SwCancel:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def cancel(self, request: Request) -> Response:
        async def act(faults: dict[str, Fault]) -> Response:
            answered = self._desk.cancel(await _signed(request), done="cancel_not_done" not in faults)
            return _cancelled(_twisted(answered, faults))

        return await self._under_faults(request, "cancel", act)

    async def pending(self, request: Request) -> Response:
        async def act(faults: dict[str, Fault]) -> Response:
            waiting = [one.uuid for one in self._desk.pending(request.path_params["rfc"])]
            return wire.pending(waiting)

        return await self._under_faults(request, "pending", act)

    async def answer(self, request: Request) -> Response:
        async def act(faults: dict[str, Fault]) -> Response:
            return _answered(_twisted(self._desk.answer(await _signed(request)), faults))

        return await self._under_faults(request, "answer", act)

    async def relations(self, request: Request) -> Response:
        async def act(faults: dict[str, Fault]) -> Response:
            found = self._desk.store.by_uuid(request.path_params["uuid"])
            if found is None or request.path_params["rfc"] not in (found.rfc_emisor, found.rfc_receptor):
                return wire.relations([], [])
            parents = [self._desk.store.by_uuid(uuid) for uuid in found.related]
            children = self._desk.store.naming(found.uuid)
            return wire.relations([_kin(one) for one in parents if one is not None], [_kin(one) for one in children])

        return await self._under_faults(request, "pending", act)

    async def not_with_keys(self, request: Request) -> Response:
        """Routes that would need a company's key, or a certificate kept here."""
        return wire.error(
            "CACFDI33 - Problemas con los campos.", "Este simulador no guarda llaves: manda el XML firmado.", status=400
        )

    async def _under_faults(
        self, request: Request, act: str, answer: Callable[[dict[str, Fault]], Awaitable[Response]]
    ) -> Response:
        try:
            faults = faults_of(request, self._desk, act=act)
        except ValueError as wrong:
            return PlainTextResponse(f"X-Sim-Fault: {wrong}\n", status_code=400)
        await rest(faults)
        spoilt = before(faults)
        if spoilt is not None:
            return spoilt
        if "expired_token" in faults:
            self._desk.forget_sessions()
        if not self._desk.knows(request.headers.get("Authorization", "")):
            return wire.no_session()
        try:
            said = await answer(faults)
        except Refusal as refusal:
            return wire.request_refused(refusal)
        return after(wire.success(None) if "json_without_data" in faults else said, faults)


def _twisted(answered: Answered, faults: dict[str, Fault]) -> Answered:
    codes, acuse = answered.codes, answered.acuse
    if "other_uuid" in faults:
        codes = {str(uuid4()).upper(): code for code in codes.values()}
    if "acuse_malformed" in faults:
        acuse = acuse[: len(acuse) // 2]
    if "no_acuse" in faults:
        acuse = b""
    return Answered(answered.rfc, codes, acuse)


def _cancelled(answered: Answered) -> Response:
    data = {"acuse": answered.acuse.decode(), "uuid": answered.codes}
    return _by_codes(answered, data)


def _answered(answered: Answered) -> Response:
    rows = [{"uuid": uuid, "estatusUUID": code, "respuesta": ""} for uuid, code in answered.codes.items()]
    return _by_codes(answered, {"acuse": answered.acuse.decode(), "folios": rows})


def _by_codes(answered: Answered, data: Mapping[str, object]) -> Response:
    """One code that is no success makes the whole an error that still carries its data."""
    refused = [code for code in answered.codes.values() if code not in _RECEIVED]
    if not refused:
        return wire.success(data)
    return wire.error(f"CA{refused[0]} - El SAT no recibió la solicitud.", None, status=400, data=data)


async def _signed(request: Request) -> bytes:
    """The bytes of the field `xml`. Raises `Refusal`."""
    if int(request.headers.get("Content-Length") or 0) > 2 * MAX_BYTES:
        raise Refusal("301", "XML Mal Formado", "demasiado grande")
    async with request.form(max_files=2, max_fields=8) as form:
        field = form.get("xml")
        return await field.read() if isinstance(field, UploadFile) else (field or "").encode()


def _kin(document: Document) -> dict[str, str]:
    return {"uuid": document.uuid, "rfcEmisor": document.rfc_emisor, "rfcReceptor": document.rfc_receptor}
