"""Taxes of the part of an invoice that is paid (FISCAL REP-6), with the windows of RND-2.

Retencion: CRP20249 Base · 20250 Impuesto · 20251 TipoFactor · 20252 never Exento · 20253 rate · 20254 Importe.
Traslado: 20255 Base · 20256 Impuesto · 20257 TipoFactor · 20258 Exento bare · 20259 both fields · 20260 rate ·
20261 Importe.
"""

from collections.abc import Iterator

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.rounding import UNITS, times
from amate.fiscal.rules.at import error_at
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.keys import Rates
from amate.fiscal.rules.raw import Tax, places
from amate.fiscal.rules.reading import Reading
from amate.fiscal.tables.impuestos import EXENTO, IEPS, IMPUESTOS, IVA, TIPOS_FACTOR
from amate.fiscal.windows import tax_window

_CHARGED = frozenset({IVA, IEPS})
_LONGEST = len(UNITS) - 1


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    rates = Rates(catalogs, doc.as_of)
    for pago in doc.pagos.pagos if doc.pagos else ():
        for paid in pago.documentos:
            for tax in paid.traslados:
                yield from _traslado(tax, rates)
            for tax in paid.retenciones:
                yield from _retencion(tax, rates)


def _retencion(tax: Tax, rates: Rates) -> Iterator[Finding]:
    if tax.base is not None and tax.base <= 0:
        yield error_at("CRP20249", tax.element, "BaseDR", "La base de una retención debe ser mayor que cero.")
    if tax.impuesto not in IMPUESTOS:
        yield error_at("CRP20250", tax.element, "ImpuestoDR", f"“{tax.impuesto}” no es un impuesto: 001, 002 o 003.")
    if tax.factor not in TIPOS_FACTOR:
        yield error_at("CRP20251", tax.element, "TipoFactorDR", f"“{tax.factor}” no es un factor: Tasa o Cuota.")
    if tax.factor == EXENTO:
        yield error_at("CRP20252", tax.element, "TipoFactorDR", "Una retención nunca es Exento.")
        return
    yield from _rate_and_amount(tax, rates, rate="CRP20253", window="CRP20254", retencion=True)


def _traslado(tax: Tax, rates: Rates) -> Iterator[Finding]:
    if tax.base is not None and tax.base <= 0:
        yield error_at("CRP20255", tax.element, "BaseDR", "La base de un traslado debe ser mayor que cero.")
    if tax.impuesto not in _CHARGED:
        said = f"“{tax.impuesto}” no se traslada: solo IVA (002) e IEPS (003)."
        yield error_at("CRP20256", tax.element, "ImpuestoDR", said)
    if tax.factor not in TIPOS_FACTOR:
        yield error_at(
            "CRP20257", tax.element, "TipoFactorDR", f"“{tax.factor}” no es un factor: Tasa, Cuota o Exento."
        )
    has_rate, has_amount = "TasaOCuotaDR" in tax.attrs, "ImporteDR" in tax.attrs
    if tax.factor == EXENTO:
        if has_rate or has_amount:
            said = "Un traslado Exento no lleva TasaOCuotaDR ni ImporteDR: quítalos."
            yield error_at("CRP20258", tax.element, None, said)
        return
    if not (has_rate and has_amount):
        yield error_at("CRP20259", tax.element, None, "A este traslado le falta TasaOCuotaDR o ImporteDR.")
    yield from _rate_and_amount(tax, rates, rate="CRP20260", window="CRP20261", retencion=False)


def _rate_and_amount(tax: Tax, rates: Rates, *, rate: str, window: str, retencion: bool) -> Iterator[Finding]:
    if tax.tasa is None:
        return
    written = tax.attrs["TasaOCuotaDR"]
    if not rates.has(tax.impuesto, tax.factor, tax.tasa, retencion=retencion):
        said = f"{written} no es una tasa del catálogo para el impuesto {tax.impuesto}."
        yield error_at(rate, tax.element, "TasaOCuotaDR", said)
    if tax.base is None or tax.importe is None:
        return
    decimals = min(places(tax.attrs["ImporteDR"]), _LONGEST)
    if abs(times(tax.base, tax.tasa) - tax.importe) < UNITS[decimals]:  # as in `conceptos.py`
        return
    allowed = tax_window(tax.base, tax.tasa, decimals=decimals)
    if not allowed.holds(tax.importe):
        said = f"ImporteDR dice {tax.importe}; {tax.base} × {written} debe dar entre {allowed.low} y {allowed.high}."
        yield error_at(window, tax.element, "ImporteDR", said)
