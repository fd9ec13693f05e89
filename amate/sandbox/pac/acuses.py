"""The SAT's acuses, in the shape PACs hand them on. Theirs carry an HMAC that nobody outside can check: these say so."""

from collections.abc import Mapping
from datetime import datetime

from lxml import etree

from amate.sandbox.mint import NO_VALIDITY
from amate.sandbox.pac.signed import CANCELA
from amate.sandbox.pac.zones import CENTRAL


def acuse_of_cancellation(*, rfc: str, codes: Mapping[str, str], now: datetime) -> bytes:
    root = etree.Element("Acuse", {"Fecha": _time(now), "RfcEmisor": rfc})
    for uuid, code in codes.items():
        _folio(root, {}, uuid, code)
    return _written(root)


def acuse_of_answer(*, rfc: str, rfc_pac: str, answers: Mapping[str, tuple[str, str]], now: datetime) -> bytes:
    """`answers`: UUID → (code, Aceptacion or Rechazo)."""
    said = {"RfcReceptor": rfc, "RfcPac": rfc_pac, "CodEstatus": "1000", "Fecha": _time(now)}
    root = etree.Element("AcuseAceptacionRechazo", said)
    for uuid, (code, answer) in answers.items():
        _folio(root, {"Respuesta": answer}, uuid, code)
    return _written(root)


def _folio(root: etree._Element, said: dict[str, str], uuid: str, code: str) -> None:
    folio = etree.SubElement(root, f"{{{CANCELA}}}Folios", said)
    etree.SubElement(folio, f"{{{CANCELA}}}UUID").text = uuid.upper()
    etree.SubElement(folio, f"{{{CANCELA}}}EstatusUUID").text = code


def _written(root: etree._Element) -> bytes:
    root.append(etree.Comment(f" {NO_VALIDITY} "))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _time(now: datetime) -> str:
    return now.astimezone(CENTRAL).replace(tzinfo=None).isoformat(timespec="microseconds")
