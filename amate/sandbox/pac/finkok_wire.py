"""Finkok's envelopes as the simulator reads and writes them: shapes of phpcfdi/finkok's recorded answers (ENGINE FINKOK)."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree
from starlette.responses import Response

from amate.sandbox.pac.refusal import Refusal

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
RESULT = "apps.services.soap.core.views"
_STRICT = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)

# A text, an element with children, or a name that repeats.
Tree = Mapping[str, "str | Tree | Sequence[Tree] | Sequence[str]"]


class NoEnvelope(Exception):
    """What came is no SOAP request."""


@dataclass(frozen=True, slots=True)
class Asked:
    operation: str
    fields: Mapping[str, str]


def read_request(body: bytes) -> Asked:
    """Raises `NoEnvelope`."""
    try:
        root = etree.fromstring(body, _STRICT)
    except etree.XMLSyntaxError as broken:
        raise NoEnvelope(str(broken)) from broken
    found = root.find(f"{{{SOAP}}}Body/*")
    if root.tag != f"{{{SOAP}}}Envelope" or found is None:
        raise NoEnvelope("there is no Envelope with a Body")
    fields = {etree.QName(child).localname: str(child.text or "") for child in found}
    return Asked(etree.QName(found).localname, fields)


def signed_of(asked: Asked) -> bytes:
    """The document that `xml` carries in base64. Raises `Refusal`."""
    try:
        return base64.b64decode(asked.fields.get("xml", ""), validate=True)
    except binascii.Error as broken:
        raise Refusal("301", "El campo xml no es base64", str(broken)) from broken


def result(service: str, operation: str, said: Tree) -> Response:
    namespace = f"http://facturacion.finkok.com/{service}"
    envelope, body = _envelope({"senv": SOAP, "tns": namespace, "s0": RESULT})
    response = etree.SubElement(body, f"{{{namespace}}}{operation}Response")
    _fill(etree.SubElement(response, f"{{{namespace}}}{operation}Result"), said)
    return _response(envelope, 200)


def fault(text: str) -> Response:
    envelope, body = _envelope({"senv": SOAP})
    told = etree.SubElement(body, f"{{{SOAP}}}Fault")
    etree.SubElement(told, "faultcode").text = "senv:Server"
    etree.SubElement(told, "faultstring").text = text
    return _response(envelope, 500)


def incident(code: str, message: str, extra: str = "") -> Tree:
    return {
        "IdIncidencia": "",
        "Uuid": "",
        "CodigoError": code,
        "WorkProcessId": "",
        "MensajeIncidencia": message,
        "ExtraInfo": extra,
        "NoCertificadoPac": "",
        "FechaRegistro": "",
    }


def _envelope(names: dict[str, str]) -> tuple[etree._Element, etree._Element]:
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={**names})
    return envelope, etree.SubElement(envelope, f"{{{SOAP}}}Body")


def _fill(node: etree._Element, said: Tree) -> None:
    for name, value in said.items():
        many = [value] if isinstance(value, str | Mapping) else value
        for one in many:
            child = etree.SubElement(node, f"{{{RESULT}}}{name}")
            if isinstance(one, str):
                child.text = one
            else:
                _fill(child, one)


def _response(envelope: etree._Element, status: int) -> Response:
    content = etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)
    return Response(content, status_code=status, media_type="text/xml; charset=utf-8")
