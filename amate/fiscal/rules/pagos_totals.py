"""Totales of a REP: in pesos, with two decimals, over all its payments (FISCAL REP-7).

CRP20201-20203 withheld IVA, ISR, IEPS · 20204-20205 IVA 16 · 20206-20207 IVA 8 · 20208-20209 IVA 0 · 20210 exempt ·
20211 MontoTotalPagos. What must be there: 20264 the withheld, 20267 the bases, 20273 the taxes of IVA.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.rounding import q2
from amate.fiscal.rules.finding import Finding, error, warning
from amate.fiscal.rules.raw import Tax, amount
from amate.fiscal.rules.reading import Reading
from amate.fiscal.rules.reading_pagos import Pago, Pagos
from amate.fiscal.tables.impuestos import EXENTO, IEPS, ISR, IVA, TASA

_ZERO, _ONE = Decimal(0), Decimal(1)
_WHERE = "Complemento/Pagos/Totales"


class _Total(NamedTuple):
    """One attribute of Totales: which taxes it adds up, and what a PAC says of it."""

    name: str
    wrong: str
    missing: str
    of: Callable[[Pago], list[Decimal | None]]


def _held(impuesto: str) -> Callable[[Pago], list[Decimal | None]]:
    return lambda pago: [tax.importe for tax in pago.retenciones if tax.impuesto == impuesto]


def _iva(tax: Tax, tasa: Decimal) -> bool:
    return tax.impuesto == IVA and tax.factor == TASA and tax.tasa == tasa


def _bases(tasa: Decimal) -> Callable[[Pago], list[Decimal | None]]:
    return lambda pago: [tax.base for tax in pago.traslados if _iva(tax, tasa)]


def _charged(tasa: Decimal) -> Callable[[Pago], list[Decimal | None]]:
    return lambda pago: [tax.importe for tax in pago.traslados if _iva(tax, tasa)]


def _exempt(pago: Pago) -> list[Decimal | None]:
    return [tax.base for tax in pago.traslados if tax.impuesto == IVA and tax.factor == EXENTO]


_16, _8 = Decimal("0.16"), Decimal("0.08")
_TOTALS = (
    _Total("TotalRetencionesIVA", "CRP20201", "CRP20264", _held(IVA)),
    _Total("TotalRetencionesISR", "CRP20202", "CRP20264", _held(ISR)),
    _Total("TotalRetencionesIEPS", "CRP20203", "CRP20264", _held(IEPS)),
    _Total("TotalTrasladosBaseIVA16", "CRP20204", "CRP20267", _bases(_16)),
    _Total("TotalTrasladosImpuestoIVA16", "CRP20205", "CRP20273", _charged(_16)),
    _Total("TotalTrasladosBaseIVA8", "CRP20206", "CRP20267", _bases(_8)),
    _Total("TotalTrasladosImpuestoIVA8", "CRP20207", "CRP20273", _charged(_8)),
    _Total("TotalTrasladosBaseIVA0", "CRP20208", "CRP20267", _bases(_ZERO)),
    _Total("TotalTrasladosImpuestoIVA0", "CRP20209", "CRP20273", _charged(_ZERO)),
    _Total("TotalTrasladosBaseIVAExento", "CRP20210", "CRP20267", _exempt),
    _Total("MontoTotalPagos", "CRP20211", "", lambda pago: [pago.monto]),
)


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    if doc.pagos is None or doc.pagos.totales is None:
        return  # a missing node is the schema's finding
    for total in _TOTALS:
        yield from _one(total, doc.pagos, doc.pagos.totales.get(total.name))


def _one(total: _Total, pagos: Pagos, written: str | None) -> Iterator[Finding]:
    where = f"{_WHERE}/@{total.name}"
    there = any(total.of(pago) for pago in pagos.pagos)
    if written is None:
        if there and total.missing:
            yield error(total.missing, where, f"Falta {total.name}: los pagos llevan impuestos que sumar en él.")
        return
    said, added = amount(written), _in_pesos(total, pagos)
    if said is None or added is None:
        return
    if said != added:
        yield error(total.wrong, where, f"{total.name} dice {written} y los pagos suman {added} en pesos.")
    elif not there and total.missing:
        yield warning(total.wrong, where, f"Sobra {total.name}: ningún pago lleva de esos impuestos.")


def _in_pesos(total: _Total, pagos: Pagos) -> Decimal | None:
    """None when an exchange rate is missing: another finding says so."""
    added = _ZERO
    for pago in pagos.pagos:
        tipo_cambio = _ONE if pago.moneda == "MXN" else pago.tipo_cambio
        if tipo_cambio is None:
            return None
        added += sum((value for value in total.of(pago) if value is not None), _ZERO) * tipo_cambio
    return q2(added)
