"""The SAT's acuse of a cancellation or of a receiver's answer to one (FISCAL CAN-7). It is kept as it came.

Its seal is an HMAC of the SAT's own, so nobody outside can verify it: an acuse is evidence, the standing is the truth.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from lxml import etree

from amate.fiscal.xml import MalformedXml, parse


@dataclass(frozen=True, slots=True)
class Acuse:
    """`rfc` of who asked (the issuer) or answered (the receiver); `codes` by UUID."""

    rfc: str
    codes: Mapping[UUID, str]


def read_acuse(xml: bytes) -> Acuse:
    """Raises `MalformedXml` for anything that does not name at least one UUID with its code."""
    root = parse(xml)
    if not etree.QName(root).localname.startswith("Acuse"):
        raise MalformedXml(f"Se esperaba un acuse del SAT y llegó {etree.QName(root).localname}.")
    codes: dict[UUID, str] = {}
    for folio in root.iter("{*}Folios", "{*}Folio"):
        uuid, code = folio.findtext("{*}UUID"), folio.findtext("{*}EstatusUUID")
        if uuid is not None and code is not None:
            codes[_uuid(uuid)] = code.strip()
    rfc = root.get("RfcEmisor") or root.get("RfcReceptor")
    if not codes or not rfc:
        raise MalformedXml("El acuse del SAT no dice de qué comprobante es.")
    return Acuse(str(rfc), codes)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError as broken:
        raise MalformedXml(f"El acuse del SAT trae un UUID que no lo es: {text[:40]}") from broken
