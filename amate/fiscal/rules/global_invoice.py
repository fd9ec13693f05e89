"""The factura global.

CFDI40130 who is it for · 40131-40132 Periodicidad · 40133-40135 Meses · 40136 Año.
GLO-3 and GLO-4 (what the SAT's guide asks of a global and forbids in it) have no code: they are ours.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.razon_social import PUBLICO_EN_GENERAL
from amate.fiscal.rfc import GENERIC_NACIONAL
from amate.fiscal.rounding import ZERO
from amate.fiscal.rules.at import warning_at
from amate.fiscal.rules.finding import Finding, error, warning
from amate.fiscal.rules.keys import not_in
from amate.fiscal.rules.reading import Line, Reading
from amate.fiscal.windows import tax_window
from amate.fiscal.xml import CFDI

BIMESTRAL = "05"
_REGIMEN_BIMESTRAL = "621"
_NODE = "InformacionGlobal"
_HEAD = (
    ("@Exportacion", "01", "Una global no es exportación: lleva Exportacion 01."),
    ("@MetodoPago", "PUE", "Una global ya está cobrada: lleva PUE."),
)
_LINE = (("ClaveProdServ", "01010101"), ("ClaveUnidad", "ACT"), ("Descripcion", "Venta"))
_FORBIDDEN = {
    f"{{{CFDI}}}{name}": name
    for name in ("ACuentaTerceros", "InformacionAduanera", "CuentaPredial", "ComplementoConcepto", "Parte")
}


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    yield from _who(doc)
    if doc.informacion_global is not None:
        yield from _period(doc, doc.informacion_global, catalogs)
        yield from _guide(doc)
        yield from _notes(doc)
        yield from _forbidden(doc)


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


def _period(doc: Reading, node: dict[str, str], catalogs: Catalogs) -> Iterator[Finding]:
    periodicidad, meses = node.get("Periodicidad", ""), node.get("Meses", "")
    if wrong := not_in(catalogs, "c_Periodicidad", periodicidad, doc.as_of):
        yield error("CFDI40131", f"{_NODE}/@Periodicidad", wrong)
    bimestral = periodicidad == BIMESTRAL
    if bimestral and doc.emisor.get("RegimenFiscal") != _REGIMEN_BIMESTRAL:
        yield error(
            "CFDI40132", f"{_NODE}/@Periodicidad", f"Solo el régimen {_REGIMEN_BIMESTRAL} emite globales bimestrales."
        )
    if wrong := not_in(catalogs, "c_Meses", meses, doc.as_of):
        yield error("CFDI40133", f"{_NODE}/@Meses", wrong)
    if bimestral and not "13" <= meses <= "18":
        yield error("CFDI40135", f"{_NODE}/@Meses", "Una global bimestral lleva un bimestre: Meses de 13 a 18.")
    if not bimestral and not "01" <= meses <= "12":
        yield error("CFDI40134", f"{_NODE}/@Meses", "Una global que no es bimestral lleva un mes: Meses de 01 a 12.")
    anio = node.get("Año", "")
    if doc.fecha is not None and anio not in {str(doc.fecha.year), str(doc.fecha.year - 1)}:
        yield error("CFDI40136", f"{_NODE}/@Año", f"Año debe ser {doc.fecha.year} o el anterior, y dice {anio}.")


def _guide(doc: Reading) -> Iterator[Finding]:
    for where, value, said in _HEAD:
        if doc.attrs.get(where[1:]) != value:
            yield warning("GLO-3", where, said)
    if "CondicionesDePago" in doc.attrs:
        yield warning("GLO-3", "@CondicionesDePago", "Una global no lleva condiciones de pago.")
    if doc.receptor.get("UsoCFDI") != "S01":
        yield warning("GLO-3", "Receptor/@UsoCFDI", "Una global no le sirve a nadie de gasto: su uso es S01.")
    if any(line.retenciones for line in doc.lines):
        yield warning("GLO-4", "Conceptos", "Una venta con retenciones necesita su propia factura, no la global.")


def _notes(doc: Reading) -> Iterator[Finding]:
    """One Concepto a note; another one with its number only for what is not object of tax (GLO-7), or for a tax whose
    sum would leave the window of CFDI40180."""
    notes: dict[tuple[str, str], list[Line]] = {}
    for line in doc.lines:
        yield from _note(line)
        number = line.attrs.get("NoIdentificacion")
        if number is not None:
            notes.setdefault((number, line.attrs.get("ObjetoImp", "")), []).append(line)
    for (number, _), lines in notes.items():
        if len(lines) > 1 and _could_be_one(lines, decimals=doc.decimals):
            for line in lines[1:]:
                yield warning_at(
                    "GLO-3", line.element, "NoIdentificacion", f"La nota {number} está dos veces en la global."
                )


def _could_be_one(lines: Sequence[Line], *, decimals: int) -> bool:
    sums: dict[tuple[str, str, Decimal], tuple[Decimal, Decimal]] = {}
    for tax in (tax for line in lines for tax in line.traslados):
        if tax.base is not None and tax.tasa is not None and tax.importe is not None:
            kind = (tax.impuesto, tax.factor, tax.tasa)
            base, importe = sums.get(kind, (ZERO, ZERO))
            sums[kind] = base + tax.base, importe + tax.importe
    return all(
        tax_window(base, tasa, decimals=decimals).holds(importe) for (_, _, tasa), (base, importe) in sums.items()
    )


def _note(line: Line) -> Iterator[Finding]:
    attrs = line.attrs
    for name, value in _LINE:
        if attrs.get(name) != value:
            yield warning_at("GLO-3", line.element, name, f"En una global {name} de cada nota es “{value}”.")
    if line.cantidad is not None and line.cantidad != 1:
        yield warning_at("GLO-3", line.element, "Cantidad", "En una global la Cantidad de cada nota es 1.")
    if "Unidad" in attrs:
        yield warning_at("GLO-3", line.element, "Unidad", "En una global las notas no llevan Unidad: quítala.")
    if "NoIdentificacion" not in attrs:
        yield warning_at("GLO-3", line.element, "NoIdentificacion", "Escribe el número de la nota en NoIdentificacion.")


def _forbidden(doc: Reading) -> Iterator[Finding]:
    for element in doc.root.iter(*_FORBIDDEN):
        yield warning_at("GLO-4", element, None, f"Una global no lleva {_FORBIDDEN[str(element.tag)]}: quítalo.")
    if "FacAtrAdquirente" in doc.emisor:
        yield warning("GLO-4", "Emisor/@FacAtrAdquirente", "Una global no lleva FacAtrAdquirente: quítalo.")
