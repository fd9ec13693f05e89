"""The name inside a certificate, read from its DER.

`cryptography` raises on the Latin-1 T61String that the SAT writes for Ñ and accents, and pyOpenSSL has deprecated
its reader, so these few lines walk the bytes themselves (ENGINE CERT-1).
"""

import re
from collections.abc import Iterator

COMMON_NAME = "550403"
SERIAL_NUMBER = "550405"
ORGANIZATION = "55040a"
ORGANIZATIONAL_UNIT = "55040b"
NAME = "550429"
UNIQUE_IDENTIFIER = "55042d"

_SHORT = {
    COMMON_NAME: "CN",
    SERIAL_NUMBER: "serialNumber",
    ORGANIZATION: "O",
    ORGANIZATIONAL_UNIT: "OU",
    NAME: "name",
    UNIQUE_IDENTIFIER: "x500UniqueIdentifier",
    "550406": "C",
    "550407": "L",
    "550408": "ST",
    "550409": "street",
    "550411": "postalCode",
    "2a864886f70d010901": "emailAddress",
    "2a864886f70d010902": "unstructuredName",
}
_SPECIAL = re.compile(r'[,+"\\<>;]')
_UTF8, _BMP = 0x0C, 0x1E
_CONTEXT_0 = 0xA0


def names_of(tbs: bytes) -> tuple[bytes, bytes]:
    """The raw DER of (issuer, subject) of a TBSCertificate; ValueError when the bytes are not one."""
    (_, body), *_ = _elements(tbs)
    fields = list(_elements(body, with_header=True))
    if fields and fields[0][0] == _CONTEXT_0:  # the explicit version, absent in v1
        fields = fields[1:]
    if len(fields) < 5:
        raise ValueError("not a TBSCertificate")
    return fields[2][1], fields[4][1]


def attributes(name: bytes) -> dict[str, str]:
    """The attributes of a DER Name by the hex of their OID; the first of a kind wins."""
    found: dict[str, str] = {}
    for _, rdns in _elements(name):
        for _, rdn in _elements(rdns):
            for _, pair in _elements(rdn):
                (_, oid), (tag, value) = _elements(pair)
                found.setdefault(oid.hex(), _text(tag, value))
    return found


def distinguished(name: bytes) -> str:
    """A DER Name as text, last part first (RFC 2253); a part without a short name keeps its hex OID."""
    parts = []
    for _, rdns in _elements(name):
        for _, rdn in _elements(rdns):
            for _, pair in _elements(rdn):
                (_, oid), (tag, value) = _elements(pair)
                parts.append(f"{_SHORT.get(oid.hex(), oid.hex())}={_SPECIAL.sub(_escape, _text(tag, value))}")
    return ",".join(reversed(parts))


def _escape(special: re.Match[str]) -> str:
    return f"\\{special[0]}"


def _text(tag: int, value: bytes) -> str:
    """T61String holds Latin-1 in people's certificates and UTF-8 in some of the SAT's own."""
    if tag == _BMP:
        return value.decode("utf-16-be")
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        if tag == _UTF8:
            raise
    return value.decode("latin-1")


def _elements(data: bytes, *, with_header: bool = False) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        start, tag = at, data[at]
        length, at = _length(data, at + 1)
        end = at + length
        if end > len(data):
            raise ValueError("truncated DER")
        yield tag, data[start if with_header else at : end]
        at = end


def _length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise ValueError("truncated DER")
    first = data[at]
    if first < 0x80:
        return first, at + 1
    size = first & 0x7F
    if size == 0 or size > 4:
        raise ValueError("unsupported DER length")
    return int.from_bytes(data[at + 1 : at + 1 + size], "big"), at + 1 + size
