"""Stages 3 and 4: whose seal it is, whether it may seal, and whether it did (308, 306, 305, 304, 303, 402, 302)."""

import base64
import binascii
from datetime import datetime
from functools import lru_cache

from lxml import etree

from amate.fiscal.csd import Certificate, CsdRefused, issued_by, read_certificate
from amate.sandbox.pac.lists import Lists
from amate.sandbox.pac.refusal import Refusal
from amate.sandbox.pac.schema import sat_files


def check_csd(
    *, certificado: str, no_certificado: str, rfc_emisor: str, fecha: datetime, ca: bytes, lists: Lists
) -> Certificate:
    """The emitter's certificate. `fecha` aware; `ca` the only authority served. Raises `Refusal`, first reason first."""
    csd, ours = _certificate(certificado, ca)
    if not ours:
        raise Refusal("308", "El CSD del emisor no fue firmado por la autoridad de este simulador", csd.no_certificado)
    if csd.kind != "csd":
        raise Refusal("306", "El certificado no es de tipo CSD", csd.kind)
    if not csd.valid_from <= fecha <= csd.valid_to:
        raise Refusal("305", "La fecha de emisión no está dentro de la vigencia del CSD", fecha.isoformat())
    if csd.no_certificado in lists.revoked:
        raise Refusal("304", "El CSD del emisor fue revocado", csd.no_certificado)
    if csd.no_certificado != no_certificado:
        raise Refusal("CFDI40106", "NoCertificado no es el del certificado", no_certificado)
    if csd.rfc != rfc_emisor:
        raise Refusal("303", "El RFC del CSD no es el del emisor", f"{csd.rfc} ≠ {rfc_emisor}")
    if rfc_emisor in lists.not_in_lco:
        raise Refusal("402", "El RFC del emisor no está en la LCO", rfc_emisor)
    return csd


def check_seal(*, root: etree._Element, csd: Certificate, sello: str) -> str:
    """The cadena original the Sello signs. Raises `Refusal` 302."""
    cadena = cadena_original(root)
    try:
        signature = base64.b64decode(sello, validate=True)
    except binascii.Error as broken:
        raise Refusal("302", "El sello del emisor no es base64", str(broken)) from broken
    if not csd.verifies(signature=signature, data=cadena.encode()):
        raise Refusal("302", "El sello del emisor no es válido", cadena)
    return cadena


def cadena_original(root: etree._Element) -> str:
    """By the SAT's own stylesheet."""
    return str(_stylesheet()(root))


@lru_cache(maxsize=512)
def _certificate(certificado: str, ca: bytes) -> tuple[Certificate, bool]:
    """An emitter seals thousands with one certificate: read and verify it once."""
    try:
        csd = read_certificate(base64.b64decode(certificado, validate=True))
        return csd, issued_by(csd, read_certificate(ca))
    except (binascii.Error, CsdRefused) as broken:
        raise Refusal("308", "El certificado del emisor no se puede leer", str(broken)) from broken


@lru_cache(maxsize=1)
def _stylesheet() -> etree.XSLT:
    return etree.XSLT(etree.parse(str(sat_files() / "cfd/4/cadenaoriginal_4_0/cadenaoriginal_4_0.xslt")))
