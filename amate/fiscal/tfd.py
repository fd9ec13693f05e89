"""The TimbreFiscalDigital of a stamped CFDI, and when to believe a PAC that says it stamped (FISCAL CER-2, ENGINE PAC)."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from lxml import etree

from amate.fiscal.csd import CsdRefused, read_certificate
from amate.fiscal.xml import CFDI, TFD, MalformedXml, parse

Doubt = Literal["not_xml", "no_timbre", "bad_timbre", "bad_uuid", "content_changed", "other_sello", "bad_sello_sat"]

_COMPLEMENTO = f"{{{CFDI}}}Complemento"
_TIMBRE = f"{{{TFD}}}TimbreFiscalDigital"

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_SPACES = re.compile(r"[\t\n\r ]+")


class NotBelieved(Exception):
    """What came back does not prove that our document was stamped. `doubt` is for programs, the message for staff."""

    def __init__(self, doubt: Doubt, message: str) -> None:
        super().__init__(message)
        self.doubt = doubt
        self.message = message


@dataclass(frozen=True, slots=True)
class Timbre:
    """The stamp of a PAC. `fecha_timbrado` is central time, naive (FISCAL CLK-3); `sello_sat` is base64.

    `cadena` is the TFD 1.1 cadena original, letter for letter as the PAC wrote its fields: SelloSAT signs it and the
    printed form shows it.
    """

    uuid: UUID
    fecha_timbrado: datetime
    rfc_prov_certif: str
    sello_cfd: str
    no_certificado_sat: str
    sello_sat: str
    leyenda: str | None
    cadena: str


def read_timbre(stamped: bytes) -> Timbre:
    """The TFD of a stamped CFDI. Raises `NotBelieved` when there is none or it is malformed."""
    return timbre_of(_root(stamped))


def verify_sello_sat(*, timbre: Timbre, certificate: bytes) -> bool:
    """Whether the PAC's certificate (DER) signed this stamp. False too when the certificate is another's."""
    try:
        pac = read_certificate(certificate)
        signature = base64.b64decode(timbre.sello_sat, validate=True)
    except (CsdRefused, ValueError):
        return False
    if pac.no_certificado != timbre.no_certificado_sat:
        return False
    return pac.verifies(signature=signature, data=timbre.cadena.encode())


def believe(sealed: bytes, stamped: bytes, *, certificates: Mapping[str, bytes]) -> Timbre:
    """The stamp, if `stamped` is our `sealed` document with a good TFD and nothing else changed.

    `certificates`: DER of the PAC certificates at hand, by NoCertificadoSAT; SelloSAT is verified when its own is among
    them. Raises `NotBelieved`: nobody then knows whether the document was stamped.
    """
    ours, theirs = _root(sealed), _root(stamped)
    timbre = timbre_of(theirs)
    if timbre.sello_cfd != _clean(ours.get("Sello", "")):
        raise NotBelieved("other_sello", "El timbre que devolvió el PAC es de otro documento (SelloCFD ≠ Sello).")
    if _content(ours) != _content(theirs):
        raise NotBelieved("content_changed", "El PAC devolvió un XML distinto del que sellamos.")
    certificate = certificates.get(timbre.no_certificado_sat)
    if certificate is not None and not verify_sello_sat(timbre=timbre, certificate=certificate):
        raise NotBelieved("bad_sello_sat", "El SelloSAT no corresponde al certificado del PAC.")
    return timbre


# ------------------------------------------------------------ reading


def _root(xml: bytes) -> etree._Element:
    try:
        return parse(xml)
    except MalformedXml as broken:
        raise NotBelieved("not_xml", f"El PAC no devolvió un XML legible: {broken}") from broken


def timbre_of(root: etree._Element) -> Timbre:
    """`read_timbre` of a document that is parsed already. Raises `NotBelieved`."""
    found = [node for complemento in root.findall(_COMPLEMENTO) for node in complemento.findall(_TIMBRE)]
    if len(found) != 1:
        raise NotBelieved("no_timbre", f"El XML trae {len(found)} timbres y debe traer exactamente uno.")
    said = {str(name): _clean(str(value)) for name, value in found[0].attrib.items()}
    uuid = said.get("UUID", "")
    if not _UUID.fullmatch(uuid):
        raise NotBelieved("bad_uuid", f"El folio fiscal «{uuid[:40]}» no tiene la forma de un UUID.")
    if said.get("Version") != "1.1":
        raise NotBelieved("bad_timbre", f"El timbre es de versión {said.get('Version')} y esperamos la 1.1.")
    try:
        return Timbre(
            uuid=UUID(uuid),
            fecha_timbrado=_local(said["FechaTimbrado"]),
            rfc_prov_certif=said["RfcProvCertif"],
            sello_cfd=said["SelloCFD"],
            no_certificado_sat=said["NoCertificadoSAT"],
            sello_sat=said["SelloSAT"],
            leyenda=said.get("Leyenda"),
            cadena=_cadena(said),
        )
    except (KeyError, ValueError) as broken:
        raise NotBelieved("bad_timbre", f"Al timbre le falta o le sobra algo: {broken}") from broken


def _cadena(said: Mapping[str, str]) -> str:
    """CER-2; the XSLT writes Leyenda only when it is there."""
    order = ("Version", "UUID", "FechaTimbrado", "RfcProvCertif", "Leyenda", "SelloCFD", "NoCertificadoSAT")
    return "||" + "|".join(said[name] for name in order if name != "Leyenda" or name in said) + "||"


def _local(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    if read.tzinfo is not None or read.microsecond:
        raise ValueError(f"FechaTimbrado {text}")
    return read


# ------------------------------------------------------------ comparing


@dataclass(frozen=True, slots=True)
class _Node:
    """An element as the SAT reads it: no comments, no white space between elements, no schema hints."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    text: str
    children: tuple["_Node", ...]


def _content(element: etree._Element) -> _Node:
    """Everything that was sealed: without the TFD, and without a Complemento left empty by that."""
    children = [_content(child) for child in element if isinstance(child.tag, str) and child.tag != _TIMBRE]
    return _Node(
        tag=str(element.tag),
        attributes=tuple(
            sorted(
                (str(name), _clean(str(value)))
                for name, value in element.attrib.items()
                if not str(name).startswith(_XSI)
            )
        ),
        text=_clean("".join([element.text or "", *(child.tail or "" for child in element)])),
        children=tuple(child for child in children if child.tag != _COMPLEMENTO or child.children),
    )


def _clean(text: str) -> str:
    return _SPACES.sub(" ", text).strip(" ")
