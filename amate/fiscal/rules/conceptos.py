"""Lines: what is sold.

CFDI40162 ClaveProdServ · 40165 ClaveUnidad · 40166 ValorUnitario · 40167 Importe · 40168-40169 Descuento ·
40170 ObjetoImp · 40171-40173 its Impuestos node.

40163 and 40164 (keys that demand a complement or a tax) need columns that the SAT's schema does not carry.
40187-40200 (third parties, customs, parts) stay with the schema: Amate writes none of them.
"""

from collections.abc import Iterator
from decimal import Decimal

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.rounding import UNITS, times
from amate.fiscal.rules.comprobante import is_key
from amate.fiscal.rules.finding import Finding, error, warning
from amate.fiscal.rules.reading import Line, Reading, places
from amate.fiscal.schema import path_of
from amate.fiscal.tables.impuestos import OBJETOS_IMP
from amate.fiscal.windows import importe_window

_SI_OBJETO = "02"
_WITHOUT_TAXES = frozenset({"01", "03"})
_LONGEST = len(UNITS) - 1


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    claves, unidades = catalogs.claves_prod_serv, catalogs.claves_unidad
    for line in doc.lines:
        attrs = line.attrs
        if attrs.get("ClaveProdServ") not in claves:
            yield _at(line, "CFDI40162", "ClaveProdServ", f"“{attrs.get('ClaveProdServ')}” no está en c_ClaveProdServ.")
        if attrs.get("ClaveUnidad") not in unidades:
            yield _at(line, "CFDI40165", "ClaveUnidad", f"“{attrs.get('ClaveUnidad')}” no está en c_ClaveUnidad.")
        if doc.sells and line.valor_unitario is not None and line.valor_unitario <= 0:
            yield _at(
                line, "CFDI40166", "ValorUnitario", "ValorUnitario debe ser mayor que cero: quita lo que no cuesta."
            )
        yield from _importe(line)
        yield from _descuento(line)
        yield from _objeto(line, doc)


def _importe(line: Line) -> Iterator[Finding]:
    cantidad, valor, importe = line.cantidad, line.valor_unitario, line.importe
    if cantidad is None or valor is None or importe is None:
        return
    decimals = min(places(line.attrs["Importe"]), _LONGEST)
    # Within one unit of the product is inside any window; the formula itself costs ten times more (RND-2).
    if abs(times(cantidad, valor) - importe) < UNITS[decimals]:
        return
    window = importe_window(cantidad, valor, decimals=decimals)
    if not window.holds(importe):
        yield _at(
            line,
            "CFDI40167",
            "Importe",
            f"Importe dice {importe}; {cantidad} × {valor} debe dar entre {window.low} y {window.high}.",
        )
        return
    # The SAT also counts half a unit of Cantidad as margin: 4 pieces may be 3.5. Nobody sells so: tell a person.
    half = Decimal((0, (5,), -places(line.attrs["ValorUnitario"]) - 1))
    if abs(times(cantidad, valor) - importe) > times(cantidad, half) + UNITS[decimals]:
        yield warning(
            "CFDI40167",
            path_of(line.element, "Importe"),
            f"Importe dice {importe} y {cantidad} × {valor} es {times(cantidad, valor)}: está en el margen del SAT, "
            "pero no es lo que se vendió.",
        )


def _descuento(line: Line) -> Iterator[Finding]:
    if line.descuento is None or line.importe is None:
        return
    if places(line.attrs["Descuento"]) > places(line.attrs["Importe"]):
        yield _at(line, "CFDI40168", "Descuento", "Descuento no puede llevar más decimales que Importe.")
    if line.descuento > line.importe:
        yield _at(
            line, "CFDI40169", "Descuento", f"El descuento ({line.descuento}) es mayor que el importe ({line.importe})."
        )


def _objeto(line: Line, doc: Reading) -> Iterator[Finding]:
    objeto = line.attrs.get("ObjetoImp", "")
    if not is_key(OBJETOS_IMP, objeto, doc.as_of):
        yield _at(line, "CFDI40170", "ObjetoImp", f"“{objeto}” no está vigente en el catálogo c_ObjetoImp.")
    elif objeto == _SI_OBJETO and not line.impuestos:
        yield _at(line, "CFDI40171", None, "ObjetoImp 02 (sí objeto de impuesto) exige el desglose de sus impuestos.")
    elif objeto in _WITHOUT_TAXES and line.impuestos:
        yield _at(line, "CFDI40172", None, f"Con ObjetoImp {objeto} el concepto no lleva impuestos: quítalos.")
    if line.impuestos and not line.traslados and not line.retenciones:
        yield _at(line, "CFDI40173", None, "El nodo Impuestos del concepto está vacío: desglosa un impuesto o quítalo.")


def _at(line: Line, code: str, attribute: str | None, message: str) -> Finding:
    return error(code, path_of(line.element, attribute), message)
