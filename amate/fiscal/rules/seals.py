"""The signatures of a document: the issuer's certificate and Sello, and the PAC's stamp.

CFDI40102 Sello · CFDI40106 the certificate is not the one named or not the issuer's · 305 not in force at Fecha ·
306 not a CSD. CER-2 is ours: a stamp that is not of this document, or that the PAC's certificate did not sign.

Revocation (304), the SAT's list (402) and the issuer chain (308) are not looked at: they need data from the SAT.
"""

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from amate.fiscal.clock import UnknownPlace, instant
from amate.fiscal.csd import Certificate, CsdRefused, read_certificate
from amate.fiscal.rules.finding import Finding, error, note
from amate.fiscal.rules.reading import Reading
from amate.fiscal.tfd import NotBelieved, read_timbre, verify_sello_sat
from amate.fiscal.xml import TFD, cadena_original

_STAMP = "Complemento/TimbreFiscalDigital"


def check(doc: Reading, *, pac_certificate: bytes | None) -> Iterator[Finding]:
    """Both seals. The stamp is verified only with the PAC's certificate (DER); without it there is a note."""
    yield from _issuer(doc)
    if next(doc.root.iter(f"{{{TFD}}}TimbreFiscalDigital"), None) is not None:
        yield from _stamp(doc, pac_certificate)


def _issuer(doc: Reading) -> Iterator[Finding]:
    try:
        certificate = read_certificate(_decoded(doc.attrs.get("Certificado", "")))
    except (CsdRefused, binascii.Error):
        yield error("CFDI40106", "@Certificado", "El certificado incluido no se puede leer.")
        yield error("CFDI40102", "@Sello", "Sin certificado no se puede comprobar el sello.")
        return
    yield from _certificate(doc, certificate)
    if not _sello_is_good(doc, certificate):
        yield error(
            "CFDI40102",
            "@Sello",
            "El sello no corresponde al contenido: el documento cambió después de sellarse, "
            "o se selló con otra llave. Pide el XML original.",
        )


def _certificate(doc: Reading, certificate: Certificate) -> Iterator[Finding]:
    said, emisor = doc.attrs.get("NoCertificado", ""), doc.emisor.get("Rfc", "")
    if certificate.no_certificado != said:
        yield error(
            "CFDI40106", "@NoCertificado", f"Dice {said} y el certificado incluido es {certificate.no_certificado}."
        )
    if certificate.rfc != emisor:
        yield error("CFDI40106", "@Certificado", f"El certificado es de {certificate.rfc} y el emisor es {emisor}.")
    moment = _moment(doc)
    if moment is not None and not certificate.valid_from <= moment <= certificate.valid_to:
        yield error(
            "305",
            "@Fecha",
            f"El certificado valía del {certificate.valid_from:%d/%m/%Y} al {certificate.valid_to:%d/%m/%Y}, "
            "y la Fecha está fuera.",
        )
    if certificate.kind == "fiel":
        yield error("306", "@Certificado", "Se selló con la e.firma. Un CFDI se sella con un CSD.")


def _moment(doc: Reading) -> datetime | None:
    if doc.fecha is None:
        return None
    try:
        return instant(doc.attrs.get("LugarExpedicion", ""), doc.fecha)
    except UnknownPlace:
        return None


def _sello_is_good(doc: Reading, certificate: Certificate) -> bool:
    try:
        sello = _decoded(doc.attrs.get("Sello", ""))
    except binascii.Error:
        return False
    return certificate.verifies(signature=sello, data=cadena_original(doc.root).encode())


def _stamp(doc: Reading, pac_certificate: bytes | None) -> Iterator[Finding]:
    try:
        timbre = read_timbre(etree.tostring(doc.root, encoding="UTF-8"))
    except NotBelieved as refused:
        yield error("CER-2", _STAMP, refused.message)
        return
    if timbre.sello_cfd != doc.attrs.get("Sello"):
        yield error("CER-2", f"{_STAMP}/@SelloCFD", "El timbre es de otro documento: su SelloCFD no es este Sello.")
    if pac_certificate is None:
        yield note(
            "CER-2",
            f"{_STAMP}/@SelloSAT",
            f"El sello del PAC no se comprobó: hace falta su certificado {timbre.no_certificado_sat}.",
        )
    elif not verify_sello_sat(timbre=timbre, certificate=pac_certificate):
        yield error("CER-2", f"{_STAMP}/@SelloSAT", "El sello del PAC no corresponde a este timbre y certificado.")


def _decoded(text: str) -> bytes:
    return base64.b64decode("".join(text.split()), validate=True)
