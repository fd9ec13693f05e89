"""The taxes of a payment are the sums of those of its documents, in the payment's currency (FISCAL REP-7, REP-8).

Retenciones: CRP20262 Impuesto · 20263 one a tax · 20265 Importe. Traslados: 20266 their fields · 20268-20269 Base ·
20270 Impuesto · 20271 one a kind · 20272 rate · 20274 Importe. 20264, 20267 and 20273 are in `pagos_totals.py`.

An amount less than one unit of its last written decimal away from the sum passes: PACs stamped truncated ones for
years. Since 15-09-2026 they refuse a base below the sum.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.rounding import over, q6
from amate.fiscal.rules.at import error_at, warning_at
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.keys import Rates
from amate.fiscal.rules.raw import Tax, places
from amate.fiscal.rules.reading import Reading
from amate.fiscal.rules.reading_pagos import Documento, Pago
from amate.fiscal.tables.impuestos import EXENTO, IEPS, IMPUESTOS, IVA

_ZERO, _ONE = Decimal(0), Decimal(1)
_CHARGED = frozenset({IVA, IEPS})
_NEVER_BELOW_SINCE = date(2026, 9, 15)
_Kind = tuple[str, str, Decimal | None]


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    rates = Rates(catalogs, doc.as_of)
    for pago in doc.pagos.pagos if doc.pagos else ():
        yield from _fields(pago, rates)
        if all(_equivalencia(paid, pago) for paid in pago.documentos):
            yield from _retenciones(pago)
            yield from _traslados(pago, doc.as_of)


def _equivalencia(paid: Documento, pago: Pago) -> Decimal | None:
    return _ONE if paid.moneda == pago.moneda else paid.equivalencia


def _fields(pago: Pago, rates: Rates) -> Iterator[Finding]:
    for tax in pago.retenciones:
        if tax.impuesto not in IMPUESTOS:
            said = f"“{tax.impuesto}” no es un impuesto: 001, 002 o 003."
            yield error_at("CRP20262", tax.element, "ImpuestoP", said)
    for tax in pago.traslados:
        missing = [name for name in ("BaseP", "ImpuestoP", "TipoFactorP") if name not in tax.attrs]
        if missing:
            yield error_at("CRP20266", tax.element, missing[0], f"A este traslado le falta {' y '.join(missing)}.")
        if tax.factor == EXENTO and ("TasaOCuotaP" in tax.attrs or "ImporteP" in tax.attrs):
            yield error_at(
                "CRP20266", tax.element, None, "Un traslado Exento lleva solo BaseP, ImpuestoP y TipoFactorP."
            )
        if tax.impuesto not in _CHARGED:
            said = f"“{tax.impuesto}” no se traslada: solo IVA (002) e IEPS (003)."
            yield error_at("CRP20270", tax.element, "ImpuestoP", said)
        if tax.factor != EXENTO and not rates.has(tax.impuesto, tax.factor, tax.tasa, retencion=False):
            said = f"“{tax.attrs.get('TasaOCuotaP', '')}” no es una tasa del catálogo para el impuesto {tax.impuesto}."
            yield error_at("CRP20272", tax.element, "TasaOCuotaP", said)


def _retenciones(pago: Pago) -> Iterator[Finding]:
    sums: dict[str, Decimal] = {}
    for paid in pago.documentos:
        for tax in paid.retenciones:
            sums[tax.impuesto] = sums.get(tax.impuesto, _ZERO) + _converted(tax.importe, paid, pago)
    seen: set[str] = set()
    for tax in pago.retenciones:
        if tax.impuesto in seen:
            said = f"La retención {tax.impuesto} está dos veces: júntala en una."
            yield error_at("CRP20263", tax.element, "ImpuestoP", said)
        seen.add(tax.impuesto)
        added = sums.get(tax.impuesto, _ZERO)
        if tax.importe is not None and not _is_sum(tax.importe, added, tax.attrs["ImporteP"]):
            said = f"La retención dice {tax.importe} y los documentos suman {_plain(added)}."
            yield error_at("CRP20265", tax.element, "ImporteP", said)
    for impuesto in sums.keys() - seen:
        said = f"Falta en ImpuestosP la retención {impuesto} de los documentos."
        yield error_at("CRP20265", pago.element, None, said)


def _traslados(pago: Pago, as_of: date) -> Iterator[Finding]:
    bases: dict[_Kind, Decimal] = {}
    charged: dict[_Kind, Decimal] = {}
    for paid in pago.documentos:
        for tax in paid.traslados:
            kind = (tax.impuesto, tax.factor, tax.tasa)
            bases[kind] = bases.get(kind, _ZERO) + _converted(tax.base, paid, pago)
            charged[kind] = charged.get(kind, _ZERO) + _converted(tax.importe, paid, pago)
    seen: set[_Kind] = set()
    for tax in pago.traslados:
        kind = (tax.impuesto, tax.factor, tax.tasa)
        if kind in seen:
            said = "Dos traslados con el mismo impuesto, factor y tasa: júntalos en uno."
            yield error_at("CRP20271", tax.element, None, said)
        seen.add(kind)
        yield from _base(tax, bases.get(kind, _ZERO), as_of)
        added = charged.get(kind, _ZERO)
        if tax.importe is not None and not _is_sum(tax.importe, added, tax.attrs["ImporteP"]):
            said = f"El impuesto dice {tax.importe} y los documentos suman {_plain(added)}."
            yield error_at("CRP20274", tax.element, "ImporteP", said)
    for impuesto, factor, tasa in bases.keys() - seen:
        rate = "" if tasa is None else f" {tasa}"
        said = f"Falta en ImpuestosP el traslado {impuesto} {factor}{rate} de los documentos."
        yield error_at("CRP20269" if factor == EXENTO else "CRP20268", pago.element, None, said)


def _base(tax: Tax, added: Decimal, as_of: date) -> Iterator[Finding]:
    if tax.base is None:
        return
    code = "CRP20269" if tax.factor == EXENTO else "CRP20268"
    said = f"BaseP dice {tax.base} y las bases de los documentos suman {_plain(added)}"
    if not _is_sum(tax.base, added, tax.attrs["BaseP"]):
        yield error_at(code, tax.element, "BaseP", f"{said}.")
    elif tax.base < added:
        found = error_at if as_of >= _NEVER_BELOW_SINCE else warning_at
        yield found(code, tax.element, "BaseP", f"{said}: no puede ser menor, redondéala hacia arriba.")


def _converted(amount: Decimal | None, paid: Documento, pago: Pago) -> Decimal:
    equivalencia = _equivalencia(paid, pago)
    if amount is None or not equivalencia:
        return _ZERO
    return amount if equivalencia == 1 else over(amount, equivalencia)


def _is_sum(said: Decimal, added: Decimal, written: str) -> bool:
    return abs(said - added) < Decimal((0, (1,), -places(written)))


def _plain(added: Decimal) -> str:
    """Without the sixty digits of a division."""
    return format(q6(added).normalize(), "f")
