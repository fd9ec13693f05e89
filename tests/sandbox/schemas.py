"""The whole XSD of the SAT, catalogues included: slow, and the last word."""

from functools import lru_cache

from lxml import etree

from amate.sandbox.pac.schema import sat_files

PARTS = (
    ("http://www.sat.gob.mx/cfd/4", "cfd/4/cfdv40.xsd"),
    ("http://www.sat.gob.mx/TimbreFiscalDigital", "cfd/TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd"),
    ("http://www.sat.gob.mx/Pagos20", "cfd/Pagos/Pagos20.xsd"),
)


@lru_cache(maxsize=1)
def full_schema() -> etree.XMLSchema:
    imports = "".join(
        f'<xs:import namespace="{namespace}" schemaLocation="{(sat_files() / path).as_uri()}"/>'
        for namespace, path in PARTS
    )
    return etree.XMLSchema(
        etree.fromstring(f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>')
    )


def tfd_cadena(xml: bytes) -> str:
    """By the SAT's own stylesheet."""
    sheet = etree.XSLT(etree.parse(str(sat_files() / "cfd/TimbreFiscalDigital/cadenaoriginal_TFD_1_1.xslt")))
    (timbre,) = etree.fromstring(xml).iter("{http://www.sat.gob.mx/TimbreFiscalDigital}TimbreFiscalDigital")
    return str(sheet(etree.ElementTree(timbre)))
