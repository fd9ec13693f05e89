"""Signed requests about cancelling a CFDI: the issuer's, and the receiver's answer to one (FISCAL 12, ENGINE SAFE-10).

The SAT asks for an enveloped XML signature with rsa-sha1. The bodies are written in canonical form at once, so what is
digested is the text itself; tests hold it to a canonicalizer and to satcfdi's writer.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from amate.fiscal import x500
from amate.fiscal.csd import Csd

Motivo = Literal["01", "02", "03", "04"]
MOTIVOS: Mapping[Motivo, str] = {
    "01": "Comprobante emitido con errores, con relación",
    "02": "Comprobante emitido con errores, sin relación",
    "03": "No se llevó a cabo la operación",
    "04": "Operación nominativa relacionada en una factura global",
}
Means = Literal["received", "done", "later", "no"]

# The bodies already stand in canonical order: namespaces by prefix, attributes by name, no empty-element tags. The SAT's
# service writes xsd and xsi again when it reads a request, so they belong to what is signed.
_NAMESPACES = (
    'xmlns="{0}" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
_CANCELA = _NAMESPACES.format("http://cancelacfd.sat.gob.mx")
_XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
_SIGNED_INFO = (
    '<CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"></CanonicalizationMethod>'
    f'<SignatureMethod Algorithm="{_XMLDSIG}rsa-sha1"></SignatureMethod>'
    f'<Reference URI=""><Transforms><Transform Algorithm="{_XMLDSIG}enveloped-signature"></Transform></Transforms>'
    f'<DigestMethod Algorithm="{_XMLDSIG}sha1"></DigestMethod><DigestValue>{{digest}}</DigestValue></Reference>'
)


class RequestRefused(ValueError):
    """The request asks for what the SAT never grants. `code` is what it would answer; the message is for staff."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Answer:
    """What one code of the SAT means: received, done (it already was cancelled), later (ask again), no."""

    code: str
    means: Means
    message: str


def cancel_request(*, uuid: UUID, motivo: Motivo, sustitucion: UUID | None, csd: Csd, fecha: datetime) -> bytes:
    """The signed `Cancelacion` of one CFDI of `csd`'s company. `fecha`: local time, naive, whole seconds.

    Raises `RequestRefused` with the SAT's code (FISCAL CAN-7): 207, 208, 209.
    """
    if motivo not in MOTIVOS:
        raise RequestRefused("207", f"El motivo {motivo} no existe: es 01, 02, 03 o 04.")
    if motivo == "01" and sustitucion is None:
        raise RequestRefused("208", "El motivo 01 pide el UUID de la factura que la sustituye. Emítela primero.")
    if motivo != "01" and sustitucion is not None:
        raise RequestRefused("209", f"El motivo {motivo} no lleva factura que sustituya; usa el 01 o quítala.")
    if sustitucion == uuid:
        raise RequestRefused("208", "Una factura no se sustituye a sí misma. Elige la que la reemplaza.")
    substitute = "" if sustitucion is None else f'FolioSustitucion="{_folio(sustitucion)}" '
    folio = f'<Folios><Folio {substitute}Motivo="{motivo}" UUID="{_folio(uuid)}"></Folio></Folios>'
    return _signed("Cancelacion", f'Fecha="{_time(fecha)}" RfcEmisor="{_escaped(csd.rfc)}"', folio, csd)


def answer_request(*, uuid: UUID, accept: bool, rfc_pac: str, csd: Csd, fecha: datetime) -> bytes:
    """The signed answer of a receiver, whose `csd` it is. `rfc_pac`: the PAC that carries it; `fecha` as above."""
    said = "Aceptacion" if accept else "Rechazo"
    folio = f"<Folios><UUID>{_folio(uuid)}</UUID><Respuesta>{said}</Respuesta></Folios>"
    who = f'Fecha="{_time(fecha)}" RfcPacEnviaSolicitud="{_escaped(rfc_pac)}" RfcReceptor="{_escaped(csd.rfc)}"'
    return _signed("SolicitudAceptacionRechazo", who, folio, csd)


def what_the_sat_means(code: str) -> Answer:
    """Of a code per UUID, of a cancellation (2xx) or of an answer to one (1xxx). An unknown code is a no."""
    means, message = _ANSWERS.get(code, ("no", f"El SAT respondió {code}. Consulta el estado antes de repetir."))
    return Answer(code, means, message)


# FISCAL CAN-7, and the SAT's service for receivers (1xxx).
_ANSWERS: Mapping[str, tuple[Means, str]] = {
    "201": ("received", "El SAT recibió la solicitud de cancelación."),
    "202": ("done", "El SAT ya tenía esta cancelación."),
    "203": ("no", "El comprobante no es de esta empresa. Revisa con qué CSD se firmó la solicitud."),
    "204": (
        "no",
        "Tiene documentos vigentes relacionados. Cancela primero los pagos y notas de crédito que lo nombran.",
    ),
    "205": ("later", "El SAT aún no conoce este comprobante. Si se acaba de timbrar, espera unos minutos."),
    "206": ("no", "Este comprobante es de un sector con reglas propias y no se cancela por esta vía."),
    "207": ("no", "El motivo de cancelación no es válido. Elige 01, 02, 03 o 04."),
    "208": ("no", "La factura que sustituye no es válida. Revisa que esté timbrada y vigente."),
    "209": ("no", "Con este motivo no se indica factura que sustituya."),
    "210": ("no", "Venció el plazo para cancelar: el mes de la declaración anual del año siguiente."),
    "211": ("no", "Venció el plazo para cancelar esta factura global."),
    "212": ("no", "La factura que sustituye no nombra a esta con la relación 04. Emítela de nuevo con esa relación."),
    "1000": ("received", "El SAT recibió la respuesta."),
    "1001": ("no", "No hay solicitud de cancelación en espera de respuesta para este comprobante."),
    "1002": ("done", "Esta solicitud ya tenía respuesta."),
    "1003": ("no", "La respuesta no se firmó con el CSD de quien recibió el comprobante."),
    "1004": ("no", "Hay más de una solicitud para este comprobante. Respóndela en el portal del SAT."),
    "1005": ("no", "El UUID no tiene la forma correcta."),
    "1006": ("later", "Son demasiadas respuestas a la vez. Repite en unos minutos."),
}


def _signed(name: str, attributes: str, body: str, csd: Csd) -> bytes:
    opened = f"<{name} {_CANCELA} {attributes}>{body}"
    closed = f"</{name}>"
    digest = base64.b64encode(hashlib.sha1((opened + closed).encode(), usedforsecurity=False).digest()).decode()
    info = _SIGNED_INFO.format(digest=digest)
    # Canonical SignedInfo carries every namespace in scope where it stands: Signature's own and the request's two.
    signature = csd.sign_sha1(f"<SignedInfo {_NAMESPACES.format(_XMLDSIG)}>{info}</SignedInfo>".encode())
    key_info = (
        f"<X509Data><X509IssuerSerial><X509IssuerName>{_escaped(x500.distinguished(csd.certificate.issuer))}"
        f"</X509IssuerName><X509SerialNumber>{csd.certificate.serial}</X509SerialNumber></X509IssuerSerial>"
        f"<X509Certificate>{csd.certificado_b64}</X509Certificate></X509Data>"
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{opened}<Signature xmlns="{_XMLDSIG}"><SignedInfo>{info}</SignedInfo>'
        f"<SignatureValue>{base64.b64encode(signature).decode()}</SignatureValue><KeyInfo>{key_info}</KeyInfo>"
        f"</Signature>{closed}"
    ).encode()


def _folio(uuid: UUID) -> str:
    return str(uuid).upper()


def _time(fecha: datetime) -> str:
    if fecha.tzinfo is not None:
        raise ValueError("fecha is local time without a zone")
    return fecha.isoformat(timespec="seconds")


def _escaped(text: str) -> str:
    """As the canonical form writes it, in an attribute and in a text alike."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
