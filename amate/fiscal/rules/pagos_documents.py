"""The invoices a payment pays (FISCAL REP-5).

CRP20236 MonedaDR · 20237-20238 EquivalenciaDR · 20239-20240 ImpSaldoAnt · 20241-20242 ImpPagado ·
20243-20244 ImpSaldoInsoluto · 20245 ObjetoImpDR · 20246-20247 its ImpuestosDR · 20248 the node is empty ·
20278 with ObjetoImpDR 06 and 08, 20279 with 07. REP-10 (an instalment twice in one REP) has no code: it is ours.
"""

from collections.abc import Iterator

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.rules.at import error_at, warning_at
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.keys import not_in
from amate.fiscal.rules.raw import places
from amate.fiscal.rules.reading import Reading
from amate.fiscal.rules.reading_pagos import Documento, Pago
from amate.fiscal.tables.impuestos import IEPS, ISR, IVA

_WITHOUT_TAXES = frozenset({"01", "03", "04", "05"})
_WITHOUT_IVA_OR_IEPS = frozenset({"06", "08"})
_ONLY_IEPS = "07"


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    if doc.pagos is None:
        return
    seen: set[tuple[str, str]] = set()
    for pago in doc.pagos.pagos:
        for paid in pago.documentos:
            yield from _currency(paid, pago)
            yield from _amounts(paid)
            yield from _objeto(paid, doc, catalogs)
            yield from _twice(paid, seen)


def _currency(paid: Documento, pago: Pago) -> Iterator[Finding]:
    equivalencia = paid.attrs.get("EquivalenciaDR")
    if paid.moneda == "XXX":
        yield error_at("CRP20236", paid.element, "MonedaDR", "MonedaDR es la de la factura: no puede ser XXX.")
    if paid.moneda == pago.moneda:
        if equivalencia != "1":
            yield error_at(
                "CRP20238", paid.element, "EquivalenciaDR", "En la misma moneda EquivalenciaDR se escribe “1”, sin más."
            )
    elif equivalencia is None:
        said = f"Escribe EquivalenciaDR: cuántos {paid.moneda} son un {pago.moneda}."
        yield error_at("CRP20237", paid.element, "EquivalenciaDR", said)


def _amounts(paid: Documento) -> Iterator[Finding]:
    before, amount, after = paid.saldo_anterior, paid.pagado, paid.saldo_insoluto
    for name, value, not_positive, too_long in (
        ("ImpSaldoAnt", before, "CRP20239", "CRP20240"),
        ("ImpPagado", amount, "CRP20241", "CRP20242"),
        ("ImpSaldoInsoluto", after, "", "CRP20243"),
    ):
        if not_positive and value is not None and value <= 0:
            yield error_at(not_positive, paid.element, name, f"{name} debe ser mayor que cero.")
        if places(paid.attrs.get(name, "")) > paid.decimals:
            said = f"{name} lleva más de {paid.decimals} decimales, los de {paid.moneda}."
            yield error_at(too_long, paid.element, name, said)
    if before is None or amount is None:
        return
    left = before - amount
    if left < 0:
        said = f"Se pagan {amount} de una factura que debía {before}: aplica hasta su saldo."
        yield error_at("CRP20244", paid.element, "ImpPagado", said)
    elif after != left:
        said = f"ImpSaldoInsoluto dice {paid.attrs.get('ImpSaldoInsoluto')} y {before} − {amount} es {left}."
        yield error_at("CRP20244", paid.element, "ImpSaldoInsoluto", said)


def _objeto(paid: Documento, doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    objeto, element = paid.attrs.get("ObjetoImpDR", ""), paid.element
    if wrong := not_in(catalogs, "c_ObjetoImp", objeto, doc.as_of):
        yield error_at("CRP20245", element, "ObjetoImpDR", wrong)
    elif objeto == "02" and not paid.impuestos:
        yield error_at("CRP20246", element, None, "ObjetoImpDR 02 (sí objeto de impuesto) exige el nodo ImpuestosDR.")
    elif objeto in _WITHOUT_TAXES and paid.impuestos:
        yield error_at("CRP20247", element, None, f"Con ObjetoImpDR {objeto} no va el nodo ImpuestosDR: quítalo.")
    if paid.impuestos and not paid.traslados and not paid.retenciones:
        yield error_at("CRP20248", element, None, "ImpuestosDR está vacío: desglosa un impuesto o quita el nodo.")
    if objeto in _WITHOUT_IVA_OR_IEPS:
        if any(tax.impuesto in (IVA, IEPS) for tax in (*paid.traslados, *paid.retenciones)):
            said = f"Con ObjetoImpDR {objeto} no van IVA ni IEPS; solo puede ir una retención de ISR."
            yield error_at("CRP20278", element, None, said)
    elif objeto == _ONLY_IEPS:
        yield from _ieps_alone(paid)


def _ieps_alone(paid: Documento) -> Iterator[Finding]:
    if any(tax.impuesto == IVA for tax in (*paid.traslados, *paid.retenciones)):
        yield error_at("CRP20279", paid.element, None, "Con ObjetoImpDR 07 no va IVA, ni trasladado ni retenido.")
    if not any(tax.impuesto == IEPS for tax in paid.traslados):
        yield error_at("CRP20279", paid.element, None, "Con ObjetoImpDR 07 va el IEPS trasladado, y falta.")
    if paid.retenciones and not any(tax.impuesto == ISR for tax in paid.retenciones):
        said = "Con ObjetoImpDR 07 las retenciones llevan al menos la del ISR."
        yield warning_at("CRP20279", paid.element, None, said)


def _twice(paid: Documento, seen: set[tuple[str, str]]) -> Iterator[Finding]:
    instalment = (paid.attrs.get("IdDocumento", "").upper(), paid.attrs.get("NumParcialidad", ""))
    if all(instalment) and instalment in seen:
        said = f"La parcialidad {instalment[1]} de esa factura ya está en este recibo: cada una va una sola vez."
        yield warning_at("REP-10", paid.element, "NumParcialidad", said)
    seen.add(instalment)
