"""The signatures of a document: the issuer's certificate and Sello, and the PAC's stamp.

CFDI40102 Sello · CFDI40106 the certificate is not the one named or not the issuer's · 305 not in force at Fecha ·
306 not a CSD. CER-2 is ours: a stamp that is not of this document, or that the PAC's certificate did not sign.

Revocation (304), the SAT's list (402) and the issuer chain (308) are not looked at: they need data from the SAT.
"""

import base64
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm

from amate.fiscal.cadena import cadena_of
from amate.fiscal.clock import UnknownPlace, instant
from amate.fiscal.csd import Certificate, CsdRefused, read_certificate
from amate.fiscal.rules.finding import Finding, error, note
from amate.fiscal.rules.reading import Reading
from amate.fiscal.tfd import NotBelieved, timbre_of, verify_sello_sat
from amate.fiscal.xml import TFD

_STAMP = "Complemento/TimbreFiscalDigital"


def check(doc: Reading, *, well_built: bool, pac_certificate: bytes | None) -> Iterator[Finding]:
    """Both seals. `well_built`: the schema takes the document. The stamp is verified only with the PAC's certificate (DER);
    without it there is a note."""
    yield from _issuer(doc, well_built=well_built)
    if next(doc.root.iter(f"{{{TFD}}}TimbreFiscalDigital"), None) is not None:
        yield from _stamp(doc, pac_certificate)


def _issuer(doc: Reading, *, well_built: bool) -> Iterator[Finding]:
    certificate = _read(doc.attrs.get("Certificado", ""))
    if certificate is None:
        yield error("CFDI40106", "@Certificado", "El certificado incluido no se puede leer.")
        yield error("CFDI40102", "@Sello", "Sin certificado no se puede comprobar el sello.")
        return
    yield from _certificate(doc, certificate)
    if not _sello_is_good(doc, certificate, cadena_of(doc.root, well_built=well_built)):
        yield error(
            "CFDI40102",
            "@Sello",
            "El sello no corresponde al contenido: el documento cambió después de sellarse, "
            "o se selló con otra llave. Pide el XML original.",
        )


@lru_cache(maxsize=256)
def _read(certificado: str) -> Certificate | None:
    """The certificate inside a document; None when it cannot be read or has no RSA key. Issuers repeat theirs."""
    try:
        certificate = read_certificate(_decoded(certificado))
        certificate.public_key  # noqa: B018 (read once here, kept by the certificate)
    except (CsdRefused, ValueError, UnsupportedAlgorithm):
        return None
    return certificate


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


def _sello_is_good(doc: Reading, certificate: Certificate, cadena: str) -> bool:
    try:
        sello = _decoded(doc.attrs.get("Sello", ""))
    except ValueError:
        return False
    return certificate.verifies(signature=sello, data=cadena.encode())


def _stamp(doc: Reading, pac_certificate: bytes | None) -> Iterator[Finding]:
    try:
        timbre = timbre_of(doc.root)
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
    """Raises ValueError for what is not base64: binascii.Error, or its parent for letters beyond ASCII."""
    return base64.b64decode("".join(text.split()), validate=True)
