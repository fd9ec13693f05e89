"""Taxes of a line.

Traslado: CFDI40174 Base · 40175 Impuesto · 40176 TipoFactor · 40177 Exento bare · 40178 both fields · 40179 rate ·
40180 Importe. Retencion: 40181 Base · 40182 Impuesto · 40183 TipoFactor · 40184 never Exento · 40185 rate ·
40186 Importe.
"""

from collections.abc import Iterator
from decimal import Decimal

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.line import NO_GIFTS
from amate.fiscal.rounding import UNITS, times
from amate.fiscal.rules.finding import Finding, error, warning
from amate.fiscal.rules.keys import Rates
from amate.fiscal.rules.raw import Tax, places
from amate.fiscal.rules.reading import Reading
from amate.fiscal.schema import path_of
from amate.fiscal.tables.impuestos import EXENTO, IEPS, IMPUESTOS, IVA, TASA, TIPOS_FACTOR
from amate.fiscal.windows import tax_window

_CHARGED = frozenset({IVA, IEPS})
_RATE_PLACES = 6
_ZERO = Decimal(0)
_LONGEST = len(UNITS) - 1


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    rates = Rates(catalogs, doc.as_of)
    for line in doc.lines:
        for tax in line.traslados:
            if not _is_plainly_right(tax, rates):
                yield from _traslado(tax, rates)
        for tax in line.retenciones:
            yield from _retencion(tax, rates)


def _is_plainly_right(tax: Tax, rates: Rates) -> bool:
    """Whether it passes every rule below in the way that nearly every tax does: a rate, two decimals, the very cent."""
    base, tasa, importe = tax.base, tax.tasa, tax.importe
    if base is None or tasa is None or importe is None or base <= _ZERO or tax.factor != TASA:
        return False
    written = tax.attrs["TasaOCuota"]
    return (
        tax.impuesto in _CHARGED
        and written.find(".") == len(written) - 1 - _RATE_PLACES
        and tax.attrs["Importe"].rfind(".", -3) >= 0
        and rates.has(tax.impuesto, TASA, tasa, retencion=False)
        and abs(times(base, tasa) - importe) < UNITS[2]
    )


def _traslado(tax: Tax, rates: Rates) -> Iterator[Finding]:
    if tax.base is not None and tax.base <= 0:
        yield _at(tax, "CFDI40174", "Base", f"La base debe ser mayor que cero. {NO_GIFTS}.")
    if tax.impuesto not in _CHARGED:
        yield _at(tax, "CFDI40175", "Impuesto", f"“{tax.impuesto}” no se traslada: solo IVA (002) e IEPS (003).")
    if tax.factor not in TIPOS_FACTOR:
        yield _at(tax, "CFDI40176", "TipoFactor", f"“{tax.factor}” no es un factor: Tasa, Cuota o Exento.")
    bare = "TasaOCuota" not in tax.attrs and "Importe" not in tax.attrs
    if tax.factor == EXENTO:
        if not bare:
            yield _at(tax, "CFDI40177", None, "Un traslado Exento no lleva TasaOCuota ni Importe: quítalos.")
        return
    if "TasaOCuota" not in tax.attrs or "Importe" not in tax.attrs:
        yield _at(tax, "CFDI40178", None, "A este traslado le falta TasaOCuota o Importe.")
    yield from _rate_and_amount(tax, rates, retencion=False)


def _retencion(tax: Tax, rates: Rates) -> Iterator[Finding]:
    if tax.base is not None and tax.base <= 0:
        yield _at(tax, "CFDI40181", "Base", "La base de una retención debe ser mayor que cero.")
    if tax.impuesto not in IMPUESTOS:
        yield _at(tax, "CFDI40182", "Impuesto", f"“{tax.impuesto}” no es un impuesto: 001, 002 o 003.")
    if tax.factor not in TIPOS_FACTOR:
        yield _at(tax, "CFDI40183", "TipoFactor", f"“{tax.factor}” no es un factor: Tasa o Cuota.")
    if tax.factor == EXENTO:
        yield _at(tax, "CFDI40184", "TipoFactor", "Una retención nunca es Exento.")
        return
    yield from _rate_and_amount(tax, rates, retencion=True)


def _rate_and_amount(tax: Tax, rates: Rates, *, retencion: bool) -> Iterator[Finding]:
    if tax.tasa is None:
        return
    code = "CFDI40185" if retencion else "CFDI40179"
    written = tax.attrs["TasaOCuota"]
    if not rates.has(tax.impuesto, tax.factor, tax.tasa, retencion=retencion):
        yield _at(tax, code, "TasaOCuota", f"{written} no es una tasa del catálogo para el impuesto {tax.impuesto}.")
    elif places(written) != _RATE_PLACES:
        yield warning(
            code,
            path_of(tax.element, "TasaOCuota"),
            f"Escribe la tasa con seis decimales ({tax.tasa:.6f}): hay PAC que rechazan {written}.",
        )
    if tax.base is None or tax.importe is None:
        return
    decimals = min(places(tax.attrs["Importe"]), _LONGEST)
    if abs(times(tax.base, tax.tasa) - tax.importe) < UNITS[decimals]:  # as in `conceptos.py`
        return
    window = tax_window(tax.base, tax.tasa, decimals=decimals)
    if not window.holds(tax.importe):
        yield _at(
            tax,
            "CFDI40186" if retencion else "CFDI40180",
            "Importe",
            f"Importe dice {tax.importe}; {tax.base} × {written} debe dar entre {window.low} y {window.high}.",
        )


def _at(tax: Tax, code: str, attribute: str | None, message: str) -> Finding:
    return error(code, path_of(tax.element, attribute), message)
