"""CFDI40166 to CFDI40186: lines and their taxes (FISCAL 5, 6, 7)."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from amate.sandbox.pac.rules.table import Facts, amount, rule
from amate.sandbox.pac.windows import decimals, exact, misfits, product_fits

_IVA, _ISR, _IEPS = "002", "001", "003"
_TASAS = {
    _IVA: {Fraction(text) for text in ("0.16", "0.08", "0")},
    _IEPS: {
        Fraction(text)
        for text in ["1.6", "0.53", "0.5", "0.304", "0.3", "0.265", "0.25", "0.09", "0.08", "0.07", "0.06", "0.03", "0"]
    },
}
_MOST_CUOTA = Fraction("72.160500")
_MOST_RETENIDO = {_ISR: Fraction("0.35"), _IVA: Fraction("0.16")}


def _lines(f: Facts) -> Iterator[tuple[str, Mapping[str, str]]]:
    for number, concept in enumerate(f.conceptos, 1):
        yield f"concepto {number}", concept.said


def _traslados(f: Facts) -> Iterator[tuple[str, Mapping[str, str]]]:
    for number, concept in enumerate(f.conceptos, 1):
        for tax in concept.traslados:
            yield f"concepto {number}", tax


def _retenciones(f: Facts) -> Iterator[tuple[str, Mapping[str, str]]]:
    for number, concept in enumerate(f.conceptos, 1):
        for tax in concept.retenciones:
            yield f"concepto {number}", tax


@rule("CFDI40166", "ValorUnitario debe ser mayor que cero", "FISCAL CON-1; MX, GG")
def priced(f: Facts) -> Iterator[str]:
    if f.tipo in "IEN":
        yield from (where for where, said in _lines(f) if amount(said, "ValorUnitario") <= 0)


@rule("CFDI40167", "Importe está fuera de los límites de Cantidad × ValorUnitario", "FISCAL RND-2")
def line_adds_up(f: Facts) -> Iterator[str]:
    for where, said in _lines(f):
        if not product_fits(cantidad=said["Cantidad"], valor_unitario=said["ValorUnitario"], importe=said["Importe"]):
            yield f"{where}: {said['Cantidad']} × {said['ValorUnitario']} → {said['Importe']}"


@rule("CFDI40168", "Descuento tiene más decimales que Importe", "FISCAL CON-1; MX")
def line_discount_decimals(f: Facts) -> Iterator[str]:
    for where, said in _lines(f):
        if decimals(said.get("Descuento", "")) > decimals(said["Importe"]):
            yield f"{where}: {said['Descuento']}"


@rule("CFDI40169", "Descuento es mayor que Importe", "FISCAL CON-1")
def line_discount_within(f: Facts) -> Iterator[str]:
    yield from (where for where, said in _lines(f) if amount(said, "Descuento") > amount(said, "Importe"))


@rule("CFDI40171", "ObjetoImp 02 pide el nodo Impuestos", "FISCAL CON-3; MX")
def object_has_taxes(f: Facts) -> Iterator[str]:
    for number, concept in enumerate(f.conceptos, 1):
        if concept.said["ObjetoImp"] == "02" and concept.impuestos is None:
            yield f"concepto {number}"


@rule("CFDI40172", "ObjetoImp 01 o 03 no lleva el nodo Impuestos", "FISCAL CON-3; MX")
def no_object_no_taxes(f: Facts) -> Iterator[str]:
    for number, concept in enumerate(f.conceptos, 1):
        if concept.said["ObjetoImp"] in ("01", "03") and concept.impuestos is not None:
            yield f"concepto {number}"


@rule("CFDI40173", "El nodo Impuestos del concepto está vacío", "FISCAL CON-3")
def taxes_not_empty(f: Facts) -> Iterator[str]:
    for number, concept in enumerate(f.conceptos, 1):
        if concept.impuestos is not None and not concept.traslados and not concept.retenciones:
            yield f"concepto {number}"


@rule("CFDI40177", "Exento no lleva TasaOCuota ni Importe", "FISCAL TAX-1")
def exempt_is_bare(f: Facts) -> Iterator[str]:
    for where, tax in _traslados(f):
        if tax["TipoFactor"] == "Exento" and ("TasaOCuota" in tax or "Importe" in tax):
            yield where


@rule("CFDI40178", "Tasa y Cuota llevan TasaOCuota e Importe", "FISCAL TAX-1; MX")
def taxed_is_whole(f: Facts) -> Iterator[str]:
    for where, tax in _traslados(f):
        if tax["TipoFactor"] != "Exento" and not ("TasaOCuota" in tax and "Importe" in tax):
            yield where


@rule("CFDI40179", "TasaOCuota no está en c_TasaOCuota", "FISCAL TAX-1..3; CAT")
def known_rate(f: Facts) -> Iterator[str]:
    for where, tax in _traslados(f):
        if "TasaOCuota" in tax and not known_rate_of(tax):
            yield f"{where}: {tax['Impuesto']} {tax['TipoFactor']} {tax['TasaOCuota']}"


@rule("CFDI40180", "El Importe del traslado está fuera de los límites de Base × TasaOCuota", "FISCAL RND-2")
def traslado_fits(f: Facts) -> Iterator[str]:
    yield from misfits(_traslados(f))


@rule("CFDI40184", "Una retención no puede ser Exento", "FISCAL TAX-4")
def withheld_is_taxed(f: Facts) -> Iterator[str]:
    yield from (where for where, tax in _retenciones(f) if tax["TipoFactor"] == "Exento")


@rule("CFDI40185", "La tasa retenida está fuera de c_TasaOCuota", "FISCAL TAX-4; CAT")
def known_withholding(f: Facts) -> Iterator[str]:
    for where, tax in _retenciones(f):
        if not within_rate(tax):
            yield f"{where}: {tax['Impuesto']} {tax['TasaOCuota']}"


@rule("CFDI40186", "El Importe de la retención está fuera de los límites de Base × TasaOCuota", "FISCAL RND-2")
def retencion_fits(f: Facts) -> Iterator[str]:
    yield from misfits(_retenciones(f))


def within_rate(tax: Mapping[str, str]) -> bool:
    """Of a withholding: a range for ISR and IVA, the list for IEPS (TAX-4)."""
    most = _MOST_RETENIDO.get(tax["Impuesto"])
    return exact(tax["TasaOCuota"]) <= most if most is not None else known_rate_of(tax)


def known_rate_of(tax: Mapping[str, str]) -> bool:
    """Of a transferred tax: in c_TasaOCuota, written with six decimals (TAX-1..3)."""
    rate = exact(tax["TasaOCuota"])
    if decimals(tax["TasaOCuota"]) != 6:
        return False
    if tax["TipoFactor"] == "Cuota":
        return tax["Impuesto"] == _IEPS and rate <= _MOST_CUOTA
    return rate in _TASAS.get(tax["Impuesto"], set())
