"""Stage 1 of a cancellation: a signed request, verified with lxml's canonicalizer and the certificate it carries."""

import base64
import binascii
import copy
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from amate.fiscal.csd import Certificate, CsdRefused, issued_by, read_certificate
from amate.sandbox.pac.lists import Lists
from amate.sandbox.pac.refusal import Refusal

CANCELA = "http://cancelacfd.sat.gob.mx"
MAX_BYTES = 500_000

_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_ALGORITHMS = (
    ("CanonicalizationMethod", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
    ("SignatureMethod", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
    ("DigestMethod", "http://www.w3.org/2000/09/xmldsig#sha1"),
    ("Transform", "http://www.w3.org/2000/09/xmldsig#enveloped-signature"),
)
_STRICT = etree.XMLParser(
    resolve_entities=False, no_network=True, huge_tree=False, recover=False, load_dtd=False, dtd_validation=False
)

# In the order they are looked at, for `--checks`.
REQUEST_CODES = (
    ("301", "XML mal formado: raíz, Fecha, RFC y Folios de una solicitud", "FISCAL CAN-7"),
    ("305", "el certificado de la firma se puede leer y lo firmó la autoridad de este simulador", "FISCAL CAN-7"),
    ("310", "el certificado es un CSD, no una e.firma", "FISCAL CAN-7"),
    ("304", "el CSD está vigente y no revocado", "FISCAL CAN-7"),
    ("302", "firma XML rsa-sha1 envuelta: algoritmos, resumen y SignatureValue", "FISCAL CAN-7; ENGINE SAFE-10"),
    ("303", "la firma es de quien dice el RFC de la solicitud", "FISCAL CAN-7"),
)


@dataclass(frozen=True)
class Request:
    """A verified request: the tree without namespaces to guess, and whose signature it bears."""

    root: etree._Element
    rfc: str


def read_request(
    signed: bytes,
    *,
    name: str,
    whose: str,
    says: Callable[[etree._Element], bool],
    ca: bytes,
    lists: Lists,
    now: datetime,
) -> Request:
    """`name` of the root, `whose` its attribute with the RFC, `says`: whether the rest is in shape. Raises `Refusal`."""
    root = _root(signed, name)
    rfc = str(root.get(whose) or "").strip()
    if not rfc or not _is_time(str(root.get("Fecha") or "")) or not says(root):
        raise Refusal("301", "XML Mal Formado", name)
    signature = root.find(f"{_DS}Signature")
    if signature is None:
        raise Refusal("302", "Sello Mal Formado o Inválido", "sin firma")
    certificate = _certificate(signature, ca=ca, lists=lists, now=now)
    _verify(root, signature, certificate)
    if certificate.rfc != rfc:
        raise Refusal("303", "Sello No Corresponde a Emisor", f"{certificate.rfc} ≠ {rfc}")
    return Request(root, rfc)


def _root(signed: bytes, name: str) -> etree._Element:
    if len(signed) > MAX_BYTES or b"<!DOCTYPE" in signed:
        raise Refusal("301", "XML Mal Formado", f"{len(signed)} bytes")
    try:
        root = etree.fromstring(signed, _STRICT)
    except etree.XMLSyntaxError as broken:
        raise Refusal("301", "XML Mal Formado", str(broken)) from broken
    if root.tag != f"{{{CANCELA}}}{name}":
        raise Refusal("301", "XML Mal Formado", f"raíz {root.tag}")
    return root


def _certificate(signature: etree._Element, *, ca: bytes, lists: Lists, now: datetime) -> Certificate:
    try:
        text = signature.findtext(f".//{_DS}X509Certificate") or ""
        certificate = read_certificate(base64.b64decode("".join(text.split()), validate=True))
        ours = issued_by(certificate, read_certificate(ca))
    except (binascii.Error, CsdRefused) as broken:
        raise Refusal("305", "Certificado Inválido", str(broken)) from broken
    if not ours:
        raise Refusal("305", "Certificado Inválido", "no lo firmó la autoridad de este simulador")
    if certificate.kind != "csd":
        raise Refusal("310", "CSD Inválido", certificate.kind)
    if certificate.no_certificado in lists.revoked or not certificate.valid_from <= now <= certificate.valid_to:
        raise Refusal("304", "Certificado Revocado o Caduco", certificate.no_certificado)
    return certificate


def _verify(root: etree._Element, signature: etree._Element, certificate: Certificate) -> None:
    info = signature.find(f"{_DS}SignedInfo")
    if info is None or any(_algorithm(info, name) != wanted for name, wanted in _ALGORITHMS):
        raise Refusal("302", "Sello Mal Formado o Inválido", "algoritmos")
    bare = copy.deepcopy(root)
    for own in bare.findall(f"{_DS}Signature"):
        bare.remove(own)
    digest = hashlib.sha1(etree.tostring(bare, method="c14n"), usedforsecurity=False).digest()
    if "".join((info.findtext(f".//{_DS}DigestValue") or "").split()) != base64.b64encode(digest).decode():
        raise Refusal("302", "Sello Mal Formado o Inválido", "DigestValue")
    value = "".join((signature.findtext(f"{_DS}SignatureValue") or "").split())
    try:
        certificate.public_key.verify(
            base64.b64decode(value, validate=True),
            _canonical(info),
            padding.PKCS1v15(),
            hashes.SHA1(),  # noqa: S303 (the SAT's choice)
        )
    except (InvalidSignature, binascii.Error) as broken:
        raise Refusal("302", "Sello Mal Formado o Inválido", "SignatureValue") from broken


def _algorithm(info: etree._Element, name: str) -> str:
    found = info.findall(f".//{_DS}{name}")
    return str(found[0].get("Algorithm")) if len(found) == 1 else ""


def _canonical(part: etree._Element) -> bytes:
    """libxml2 writes empty namespaces into a part canonicalized in place, so the part becomes a document first."""
    return etree.tostring(etree.fromstring(etree.tostring(part, with_tail=False)), method="c14n")


def _is_time(text: str) -> bool:
    """Local time: the SAT's type has no zone."""
    try:
        return datetime.fromisoformat(text).tzinfo is None and "T" in text
    except ValueError:
        return False
