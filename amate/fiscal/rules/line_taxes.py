"""Taxes of a line.

Traslado: CFDI40174 Base · 40175 Impuesto · 40176 TipoFactor · 40177 Exento bare · 40178 both fields · 40179 rate ·
40180 Importe. Retencion: 40181 Base · 40182 Impuesto · 40183 TipoFactor · 40184 never Exento · 40185 rate ·
40186 Importe.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.rounding import UNITS, times
from amate.fiscal.rules.finding import Finding, error, warning
from amate.fiscal.rules.reading import Reading, Tax, places
from amate.fiscal.schema import path_of
from amate.fiscal.tables.impuestos import EXENTO, IEPS, IMPUESTOS, IVA, TIPOS_FACTOR, is_rate
from amate.fiscal.windows import tax_window

_CHARGED = frozenset({IVA, IEPS})
_RATE_PLACES = 6
_LONGEST = len(UNITS) - 1


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    for line in doc.lines:
        for tax in line.traslados:
            yield from _traslado(tax, doc.as_of)
        for tax in line.retenciones:
            yield from _retencion(tax, doc.as_of)


def _traslado(tax: Tax, as_of: date) -> Iterator[Finding]:
    if tax.base is not None and tax.base <= 0:
        yield _at(
            tax, "CFDI40174", "Base", "La base debe ser mayor que cero: una línea con 100 % de descuento va sin ella."
        )
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
    yield from _rate_and_amount(tax, as_of, retencion=False)


def _retencion(tax: Tax, as_of: date) -> Iterator[Finding]:
    if tax.base is not None and tax.base <= 0:
        yield _at(tax, "CFDI40181", "Base", "La base de una retención debe ser mayor que cero.")
    if tax.impuesto not in IMPUESTOS:
        yield _at(tax, "CFDI40182", "Impuesto", f"“{tax.impuesto}” no es un impuesto: 001, 002 o 003.")
    if tax.factor not in TIPOS_FACTOR:
        yield _at(tax, "CFDI40183", "TipoFactor", f"“{tax.factor}” no es un factor: Tasa o Cuota.")
    if tax.factor == EXENTO:
        yield _at(tax, "CFDI40184", "TipoFactor", "Una retención nunca es Exento.")
        return
    yield from _rate_and_amount(tax, as_of, retencion=True)


def _rate_and_amount(tax: Tax, as_of: date, *, retencion: bool) -> Iterator[Finding]:
    if tax.tasa is None:
        return
    code = "CFDI40185" if retencion else "CFDI40179"
    written = tax.attrs["TasaOCuota"]
    if not _is_rate(tax.impuesto, tax.factor, tax.tasa, retencion, as_of):
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


@lru_cache(maxsize=1024)
def _is_rate(impuesto: str, factor: str, tasa: Decimal, retencion: bool, as_of: date) -> bool:
    return is_rate(impuesto, factor, tasa, retencion=retencion, as_of=as_of)


def _at(tax: Tax, code: str, attribute: str | None, message: str) -> Finding:
    return error(code, path_of(tax.element, attribute), message)
