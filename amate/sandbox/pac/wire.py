"""SW Sapien's answers, as its documentation shows them (ENGINE SW)."""

import base64
from typing import Any

from starlette.responses import JSONResponse

from amate.sandbox.pac.desk import Session
from amate.sandbox.pac.refusal import Refusal
from amate.sandbox.pac.state import Document


def success(data: Any) -> JSONResponse:
    return JSONResponse({"data": data, "status": "success"})


def error(message: str, detail: str | None = None, *, status: int = 400, data: Any = None) -> JSONResponse:
    said = {"message": message, "messageDetail": detail, "data": data, "status": "error"}
    return JSONResponse(said, status_code=status)


def refused(refusal: Refusal) -> JSONResponse:
    return error(f"{refusal.code} - {refusal.message}", refusal.detail)


def request_refused(refusal: Refusal) -> JSONResponse:
    """Of a signed request about cancelling: the SAT's code stands in the detail."""
    detail = f"CA{refusal.code} - {refusal.message}. {refusal.detail}".strip()
    return error("CACFDI33 - Problemas con el xml.", detail)


def pending(uuids: list[str]) -> JSONResponse:
    code, words = ("1100", "Se obtuvieron las peticiones") if uuids else ("1101", "No existen peticiones")
    data = {"uuid": uuids, "codEstatus": code}
    message = f"CA{code} - {words} del RFC receptor."
    return JSONResponse({"codStatus": code, "message": message, "data": data, "status": "success"})


def relations(parents: list[dict[str, str]], children: list[dict[str, str]]) -> JSONResponse:
    code, words = ("2000", "Existen") if parents or children else ("2001", "No se encontraron")
    data = {"uuidsRelacionadosPadres": parents, "uuidsRelacionadosHijos": children} if code == "2000" else None
    said = {"codStatus": code, "message": f"{words} CFDI relacionados.", "data": data, "status": "success"}
    return JSONResponse(said)


def session_opened(session: Session) -> JSONResponse:
    """SW's own spelling of the third name."""
    return success({"token": session.token, "expires_in": int(session.until), "tokeny_type": "Bearer"})


def bad_credentials() -> JSONResponse:
    return error("AU2000 - El usuario y/o contraseña son inválidos, no se puede autenticar el servicio.", status=401)


def no_session() -> JSONResponse:
    return error("AU4101 - El token proporcionado ha expirado o no es válido.", status=401)


def no_credits() -> JSONResponse:
    return error("No cuenta con timbres disponibles para realizar la operación.")


def stamped(document: Document, *, xml: bytes, b64: bool) -> dict[str, str]:
    """`data` of stamp v4."""
    return {
        "uuid": document.uuid,
        "cfdi": base64.b64encode(xml).decode() if b64 else xml.decode(),
        "selloSAT": document.sello_sat,
        "noCertificadoSAT": document.no_certificado_sat,
        "noCertificadoCFDI": document.no_certificado,
        "selloCFDI": document.sello,
        "fechaTimbrado": document.fecha_timbrado,
        "cadenaOriginalSAT": document.cadena,
        "qrCode": "",
    }


def balance(left: int | None, used: int) -> dict[str, Any]:
    """Of the v2 service."""
    return {
        "stampsBalance": left if left is not None else 0,
        "stampsUsed": used,
        "stampsAssigned": used + (left or 0),
        "isUnlimited": left is None,
    }


def old_balance(left: int | None, used: int) -> dict[str, Any]:
    return {"saldoTimbres": left if left is not None else 0, "timbresUtilizados": used, "unlimited": left is None}


def previous(document: Document | None, *, data: dict[str, str] | None, status: int) -> JSONResponse:
    detail = "" if document is None else document.uuid
    return error("307. El comprobante contiene un timbre previo.", detail, status=status, data=data)
