"""Lines: what is sold.

CFDI40162 ClaveProdServ · 40163 its complement · 40164 its taxes · 40165 ClaveUnidad · 40166 ValorUnitario · 40167 Importe · 40168-40169 Descuento ·
40170 ObjetoImp · 40171-40173 its Impuestos node.

What a key demands (40163, 40164) stands in columns that the SAT's schema does not carry: known once an edition of the
catalogues was adopted. Of a complement they give a name for people, so that only its absence can be told.
CON-4 (a line discounted to nothing) and LAW-2 (fuels) have no code: they are ours.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from lxml import etree

from amate.fiscal.catalogs import Catalogs, Demand
from amate.fiscal.line import NO_GIFTS
from amate.fiscal.rounding import UNITS, times
from amate.fiscal.rules.finding import Finding, error, warning
from amate.fiscal.rules.keys import Keys
from amate.fiscal.rules.raw import places
from amate.fiscal.rules.reading import Line, Reading
from amate.fiscal.schema import path_of
from amate.fiscal.windows import importe_window

_SI_OBJETO = "02"
_WITHOUT_TAXES = frozenset({"01", "03"})
_FUELS, _FUELS_SINCE = ("151015", "151115"), date(2026, 4, 24)
_ANY_ELEMENT = "{*}*"
_TIMBRE, _OF_THE_LINE = "TimbreFiscalDigital", "{*}ComplementoConcepto"
_TAXES = {"002": "IVA", "003": "IEPS"}
_LONGEST = len(UNITS) - 1


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    keys = Keys(catalogs, doc.as_of)
    taxed = keys.wrong("c_ObjetoImp", _SI_OBJETO) is None
    for line in doc.lines:
        attrs = line.attrs
        if wrong := keys.wrong("c_ClaveProdServ", attrs.get("ClaveProdServ", "")):
            yield _at(line, "CFDI40162", "ClaveProdServ", wrong)
        if catalogs.demands and doc.sells and (demand := catalogs.demands.get(attrs.get("ClaveProdServ", ""))):
            yield from _demanded(line, demand, doc.complements)
        if wrong := keys.wrong("c_ClaveUnidad", attrs.get("ClaveUnidad", "")):
            yield _at(line, "CFDI40165", "ClaveUnidad", wrong)
        if doc.sells and line.valor_unitario is not None and line.valor_unitario <= 0:
            yield _at(line, "CFDI40166", "ValorUnitario", f"ValorUnitario debe ser mayor que cero. {NO_GIFTS}.")
        yield from _importe(line)
        if line.descuento is not None:
            yield from _descuento(line)
        if not (taxed and line.traslados and attrs.get("ObjetoImp") == _SI_OBJETO):  # as nearly every line is
            yield from _objeto(line, keys)
        if attrs.get("ClaveProdServ", "").startswith(_FUELS) and doc.as_of >= _FUELS_SINCE:
            yield from _fuel(line)


def _demanded(line: Line, demand: Demand, complements: frozenset[str]) -> Iterator[Finding]:
    clave = line.attrs["ClaveProdServ"]
    if demand.complemento and not complements - {_TIMBRE} and line.element.find(_OF_THE_LINE) is None:
        yield _at(line, "CFDI40163", "ClaveProdServ", f"La clave {clave} exige un complemento: {demand.complemento}.")
    told = {tax.impuesto for tax in line.traslados}
    for missing in sorted(demand.impuestos - told):
        said = f"La clave {clave} exige desglosar {_TAXES[missing]} trasladado: agrégalo, o elige otra clave."
        # With any other object of tax nothing is broken down: whether the SAT asks all the same nobody has published.
        finding = error if line.attrs.get("ObjetoImp") == _SI_OBJETO else warning
        yield finding("CFDI40164", path_of(line.element, "ClaveProdServ"), said)


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
    if line.descuento == line.importe > 0 and line.impuestos:
        said = "Con 100 % de descuento no queda base que gravar: envíala como no objeto (01), o reparte el descuento."
        yield warning("CON-4", path_of(line.element, "Descuento"), said)
    if line.descuento > line.importe:
        yield _at(
            line, "CFDI40169", "Descuento", f"El descuento ({line.descuento}) es mayor que el importe ({line.importe})."
        )


def _fuel(line: Line) -> Iterator[Finding]:
    if not any(etree.QName(node).localname == "HidroYPetro" for node in line.element.iter(_ANY_ELEMENT)):
        said = "Desde el 24/04/2026 los combustibles llevan el complemento HidroYPetro y el permiso de la CNE."
        yield warning("LAW-2", path_of(line.element, "ClaveProdServ"), said)


def _objeto(line: Line, keys: Keys) -> Iterator[Finding]:
    objeto = line.attrs.get("ObjetoImp", "")
    if wrong := keys.wrong("c_ObjetoImp", objeto):
        yield _at(line, "CFDI40170", "ObjetoImp", wrong)
    elif objeto == _SI_OBJETO and not line.impuestos:
        yield _at(line, "CFDI40171", None, "ObjetoImp 02 (sí objeto de impuesto) exige el desglose de sus impuestos.")
    elif objeto in _WITHOUT_TAXES and line.impuestos:
        yield _at(line, "CFDI40172", None, f"Con ObjetoImp {objeto} el concepto no lleva impuestos: quítalos.")
    if line.impuestos and not line.traslados and not line.retenciones:
        yield _at(line, "CFDI40173", None, "El nodo Impuestos del concepto está vacío: desglosa un impuesto o quítalo.")


def _at(line: Line, code: str, attribute: str | None, message: str) -> Finding:
    return error(code, path_of(line.element, attribute), message)
