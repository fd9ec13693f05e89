"""InformacionGlobal and CfdiRelacionados.

CFDI40130 who is it for · 40131-40132 Periodicidad · 40133-40135 Meses · 40136 Año · 40137 TipoRelacion.
GLO-3 and GLO-4 (what the SAT's guide forbids in a global) have no code: they are ours.
"""

from collections.abc import Iterator

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.razon_social import PUBLICO_EN_GENERAL
from amate.fiscal.rfc import GENERIC_NACIONAL
from amate.fiscal.rules.comprobante import is_key
from amate.fiscal.rules.finding import Finding, error, warning
from amate.fiscal.rules.reading import Reading
from amate.fiscal.tables import comprobante as tables

BIMESTRAL = "05"
_REGIMEN_BIMESTRAL = "621"
_NODE = "InformacionGlobal"


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    yield from _who(doc)
    if doc.informacion_global is not None:
        yield from _period(doc, doc.informacion_global)
        yield from _guide(doc)
    for number, related in enumerate(doc.relacionados, 1):
        kind = related.get("TipoRelacion", "")
        if not is_key(tables.TIPOS_RELACION, kind, doc.as_of):
            where = "CfdiRelacionados" if len(doc.relacionados) == 1 else f"CfdiRelacionados[{number}]"
            yield error("CFDI40137", f"{where}/@TipoRelacion", f"“{kind}” no está en el catálogo c_TipoRelacion.")


def _who(doc: Reading) -> Iterator[Finding]:
    rfc, nombre = doc.receptor.get("Rfc"), doc.receptor.get("Nombre")
    to_the_public = rfc == GENERIC_NACIONAL and nombre == PUBLICO_EN_GENERAL
    if doc.informacion_global is None:
        if doc.tipo == "I" and to_the_public:
            yield error(
                "CFDI40130",
                _NODE,
                f"Una factura a {PUBLICO_EN_GENERAL} es global y debe llevar InformacionGlobal; "
                "si es de una sola persona, escribe su nombre.",
            )
    elif doc.tipo != "I":
        yield error("CFDI40130", _NODE, f"InformacionGlobal solo va en facturas de tipo I, no en tipo {doc.tipo}.")
    elif not to_the_public:
        yield error(
            "CFDI40130",
            _NODE,
            f"Una factura global va a {GENERIC_NACIONAL}, “{PUBLICO_EN_GENERAL}” (sin acento), y a nadie más.",
        )


def _period(doc: Reading, node: dict[str, str]) -> Iterator[Finding]:
    periodicidad, meses = node.get("Periodicidad", ""), node.get("Meses", "")
    if not is_key(tables.PERIODICIDADES, periodicidad, doc.as_of):
        yield error("CFDI40131", f"{_NODE}/@Periodicidad", f"“{periodicidad}” no está en el catálogo c_Periodicidad.")
    bimestral = periodicidad == BIMESTRAL
    if bimestral and doc.emisor.get("RegimenFiscal") != _REGIMEN_BIMESTRAL:
        yield error(
            "CFDI40132", f"{_NODE}/@Periodicidad", f"Solo el régimen {_REGIMEN_BIMESTRAL} emite globales bimestrales."
        )
    if not is_key(tables.MESES, meses, doc.as_of):
        yield error("CFDI40133", f"{_NODE}/@Meses", f"“{meses}” no está en el catálogo c_Meses.")
    if bimestral and not "13" <= meses <= "18":
        yield error("CFDI40135", f"{_NODE}/@Meses", "Una global bimestral lleva un bimestre: Meses de 13 a 18.")
    if not bimestral and not "01" <= meses <= "12":
        yield error("CFDI40134", f"{_NODE}/@Meses", "Una global que no es bimestral lleva un mes: Meses de 01 a 12.")
    anio = node.get("Año", "")
    if doc.fecha is not None and anio not in {str(doc.fecha.year), str(doc.fecha.year - 1)}:
        yield error("CFDI40136", f"{_NODE}/@Año", f"Año debe ser {doc.fecha.year} o el anterior, y dice {anio}.")


def _guide(doc: Reading) -> Iterator[Finding]:
    if doc.attrs.get("MetodoPago") == "PPD":
        yield warning("GLO-3", "@MetodoPago", "Una global ya está cobrada: lleva PUE.")
    if "CondicionesDePago" in doc.attrs:
        yield warning("GLO-3", "@CondicionesDePago", "Una global no lleva condiciones de pago.")
    if any(line.retenciones for line in doc.lines):
        yield warning("GLO-4", "Conceptos", "Una venta con retenciones necesita su propia factura, no la global.")
