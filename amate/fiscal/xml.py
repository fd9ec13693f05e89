"""XML from outside: the strict parser every foreign byte passes, and the SAT's own cadena (ENGINE VAL, CER-1).

Nothing of satcfdi is imported, only its installed schema files are read: importing its builders opens a database.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

MAX_BYTES = 10_000_000  # a global of 2,000 tickets is about 1.3 MB

CFDI = "http://www.sat.gob.mx/cfd/4"
PAGOS = "http://www.sat.gob.mx/Pagos20"
TFD = "http://www.sat.gob.mx/TimbreFiscalDigital"

_CADENA = "cfd/4/cadenaoriginal_4_0/cadenaoriginal_4_0.xslt"
_STRICT = etree.XMLParser(
    resolve_entities=False, no_network=True, huge_tree=False, recover=False, load_dtd=False, dtd_validation=False
)


class MalformedXml(ValueError):
    """The bytes are not an XML document we accept; the message (Spanish) says what is wrong."""


def parse(xml: bytes) -> etree._Element:
    """The root of a document from outside. Raises `MalformedXml`: too big, not well formed, or with a DOCTYPE."""
    if len(xml) > MAX_BYTES:
        raise MalformedXml(f"El archivo pesa más de {MAX_BYTES // 1_000_000} MB: no es un CFDI que podamos leer.")
    if b"<!DOCTYPE" in xml[:4096]:
        raise MalformedXml("El archivo trae un DOCTYPE. Un CFDI no lo lleva: pide el XML original a quien lo emitió.")
    try:
        root = etree.fromstring(xml, _STRICT)
    except etree.XMLSyntaxError as broken:
        raise MalformedXml(f"El archivo no es XML bien formado ({broken.msg}). ¿Se cortó al descargarlo?") from broken
    if root.getroottree().docinfo.internalDTD is not None:
        raise MalformedXml("El archivo trae un DOCTYPE. Un CFDI no lo lleva: pide el XML original a quien lo emitió.")
    return root


def cadena_original(root: etree._Element) -> str:
    """The cadena of a CFDI 4.0 by the SAT's own XSLT. Slow to compile: for checking and tests, never for sealing."""
    return str(_cadena_xslt()(root))


@lru_cache(maxsize=1)
def schema_root() -> Path:
    """The folder of the SAT's schemas inside the installed satcfdi."""
    spec = find_spec("satcfdi")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("satcfdi is not installed: run `make install`")
    return Path(spec.submodule_search_locations[0]) / "transform" / "schemas" / "www.sat.gob.mx" / "sitio_internet"


@lru_cache(maxsize=1)
def _cadena_xslt() -> etree.XSLT:
    return etree.XSLT(etree.parse(str(schema_root() / _CADENA)))
