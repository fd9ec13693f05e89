"""Stage 1: is it a CFDI 4.0 at all? Strict parser, the SAT's XSD without its long lists, and the lists as sets.

The simulator's own copy on purpose: it shares no code with the product's validator (ENGINE SIM-1).
"""

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from lxml import etree

from amate.sandbox.pac.refusal import Refusal

CFDI = "http://www.sat.gob.mx/cfd/4"
COMPROBANTE = f"{{{CFDI}}}Comprobante"
MAX_BYTES = 5_000_000

_XS = "{http://www.w3.org/2001/XMLSchema}"
_LONGEST_LIST = 64
_SCHEMAS = (
    (CFDI, "cfd/4/cfdv40.xsd"),
    ("http://www.sat.gob.mx/Pagos20", "cfd/Pagos/Pagos20.xsd"),
    ("http://www.sat.gob.mx/TimbreFiscalDigital", "cfd/TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd"),
)
_CATALOGUE = "cfd/catalogos/catCFDI.xsd"

# A wrong value in these attributes has a code of its own; all else is 301 (FISCAL 2, 4, 5, 6, 11).
OWN_CODES = {
    ("Comprobante", "Fecha"): "CFDI40101",
    ("Comprobante", "FormaPago"): "CFDI40104",
    ("Comprobante", "SubTotal"): "CFDI40107",
    ("Comprobante", "Descuento"): "CFDI40112",
    ("Comprobante", "Moneda"): "CFDI40113",
    ("Comprobante", "TipoCambio"): "CFDI40117",
    ("Comprobante", "TipoDeComprobante"): "CFDI40121",
    ("Comprobante", "Exportacion"): "CFDI40123",
    ("Comprobante", "MetodoPago"): "CFDI40124",
    ("Comprobante", "LugarExpedicion"): "CFDI40126",
    ("Comprobante", "Confirmacion"): "CFDI40128",
    ("InformacionGlobal", "Periodicidad"): "CFDI40131",
    ("InformacionGlobal", "Meses"): "CFDI40133",
    ("InformacionGlobal", "Año"): "CFDI40136",
    ("CfdiRelacionados", "TipoRelacion"): "CFDI40137",
    ("Emisor", "RegimenFiscal"): "CFDI40140",
    ("Receptor", "RegimenFiscalReceptor"): "CFDI40157",
    ("Receptor", "UsoCFDI"): "CFDI40160",
    ("Concepto", "ClaveProdServ"): "CFDI40162",
    ("Concepto", "ClaveUnidad"): "CFDI40165",
    ("Concepto", "ObjetoImp"): "CFDI40170",
    ("Traslado", "Base"): "CFDI40174",
    ("Retencion", "Base"): "CFDI40181",
    ("Pago", "RfcEmisorCtaOrd"): "CRP20222",
    ("Pago", "CtaOrdenante"): "CRP20225",
    ("Pago", "CtaBeneficiario"): "CRP20226",
    ("DoctoRelacionado", "ImpSaldoAnt"): "CRP20240",
    ("DoctoRelacionado", "ImpPagado"): "CRP20242",
    ("DoctoRelacionado", "ImpSaldoInsoluto"): "CRP20243",
    ("DoctoRelacionado", "ObjetoImpDR"): "CRP20245",
    ("RetencionDR", "BaseDR"): "CRP20249",
    ("RetencionDR", "ImpuestoDR"): "CRP20250",
    ("RetencionDR", "TipoFactorDR"): "CRP20251",
    ("TrasladoDR", "BaseDR"): "CRP20255",
    ("TrasladoDR", "ImpuestoDR"): "CRP20256",
    ("TrasladoDR", "TipoFactorDR"): "CRP20257",
    ("RetencionP", "ImpuestoP"): "CRP20262",
    ("TrasladoP", ""): "CRP20266",
    ("TrasladoP", "ImpuestoP"): "CRP20270",
}
# What the stripped XSD no longer looks at: element, attribute → list.
_LISTED = {
    ("Comprobante", "Moneda"): "c_Moneda",
    ("Comprobante", "LugarExpedicion"): "c_CodigoPostal",
    ("Receptor", "ResidenciaFiscal"): "c_Pais",
    ("Concepto", "ClaveProdServ"): "c_ClaveProdServ",
    ("Concepto", "ClaveUnidad"): "c_ClaveUnidad",
    ("Parte", "ClaveProdServ"): "c_ClaveProdServ",
    ("Pago", "MonedaP"): "c_Moneda",
    ("DoctoRelacionado", "MonedaDR"): "c_Moneda",
}
_WHERE = re.compile(r"Element '\{[^}]*\}(\w+)'(?:, attribute '(\w+)')?")
_STRICT = etree.XMLParser(
    resolve_entities=False, no_network=True, huge_tree=False, recover=False, load_dtd=False, dtd_validation=False
)


def read_structure(sealed: bytes) -> etree._Element:
    """The root of a structurally valid CFDI. Raises `Refusal` with 301 or the code of the field."""
    root = _strict_root(sealed)
    schema, lists = _compiled()
    faults: list[tuple[str, str]] = []
    if not schema.validate(root):
        faults += [_coded(entry.message) for entry in cast(Any, schema.error_log)]
    faults += [_coded(message) for message in _unlisted(root, lists)]
    if faults:
        own = sorted(fault for fault in faults if fault[0] != "301")
        code, detail = own[0] if own else faults[0]
        raise Refusal(code, "La estructura del comprobante es incorrecta", detail)
    return root


def warm_up() -> None:
    """Compile everything now rather than within the first request."""
    _compiled()


def _strict_root(sealed: bytes) -> etree._Element:
    if len(sealed) > MAX_BYTES:
        raise Refusal("301", "El comprobante es demasiado grande", f"{len(sealed)} bytes")
    if b"<!DOCTYPE" in sealed[:4096]:
        raise Refusal("301", "La estructura del comprobante es incorrecta", "DOCTYPE")
    try:
        root = etree.fromstring(sealed, _STRICT)
    except etree.XMLSyntaxError as broken:
        raise Refusal("301", "XML mal formado", str(broken)) from broken
    if root.tag != COMPROBANTE:
        raise Refusal("301", "La estructura del comprobante es incorrecta", f"raíz {root.tag}")
    return root


def _coded(message: str) -> tuple[str, str]:
    where = _WHERE.match(message)
    if where is None:
        return "301", message
    return OWN_CODES.get((where[1], where[2] or ""), "301"), message


def _unlisted(root: etree._Element, lists: dict[str, frozenset[str]]) -> list[str]:
    found = []
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        for attribute, value in element.attrib.items():
            catalogue = _LISTED.get((name, str(attribute)))
            if catalogue is not None and str(value).strip() not in lists[catalogue]:
                found.append(
                    f"Element '{{{CFDI}}}{name}', attribute '{attribute!s}': '{value!s}' no está en {catalogue}"
                )
    return found


# ------------------------------------------------------------ the SAT's files, as installed with satcfdi


@lru_cache(maxsize=1)
def sat_files() -> Path:
    spec = find_spec("satcfdi")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("satcfdi is not installed: run `make install`")
    return Path(spec.submodule_search_locations[0]) / "transform" / "schemas" / "www.sat.gob.mx" / "sitio_internet"


@lru_cache(maxsize=1)
def _compiled() -> tuple[etree.XMLSchema, dict[str, frozenset[str]]]:
    catalogue = etree.parse(str(sat_files() / _CATALOGUE))
    lists: dict[str, frozenset[str]] = {}
    for simple in catalogue.getroot().iter(f"{_XS}simpleType"):
        values = simple.findall(f".//{_XS}enumeration")
        if len(values) > _LONGEST_LIST:
            lists[str(simple.get("name"))] = frozenset(str(value.get("value")) for value in values)
            for value in values:
                parent = value.getparent()
                if parent is not None:
                    parent.remove(value)
    stripped = etree.tostring(catalogue)
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Stripped(stripped))
    imports = "".join(
        f'<xs:import namespace="{namespace}" schemaLocation="{(sat_files() / path).as_uri()}"/>'
        for namespace, path in _SCHEMAS
    )
    everything = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(everything, parser)), lists


class _Stripped(etree.Resolver):
    def __init__(self, catalogue: bytes) -> None:
        super().__init__()
        self._catalogue = catalogue

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]  # stubs lack it
        if system_url.endswith("catCFDI.xsd"):
            return self.resolve_string(self._catalogue, context, base_url=system_url)
        return None
