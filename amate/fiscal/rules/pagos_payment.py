"""One payment of a REP: its day, form, currency and amount (FISCAL REP-3).

CRP20212 FormaDePagoP · 20213 MonedaP · 20214-20215 TipoCambioP · 20217-20219 Monto · 20275-20276 Monto against the
invoices it pays in another currency. CRP20216 and 20220 are dormant: the SAT has not published the limits.
CRP20277 is inside the formula (`windows.paid_window`): an equivalence of 1 counts there as 1.0000000000.
REP-3 (FechaPago after Fecha) has no code: it is ours.
"""

from collections.abc import Iterator
from decimal import Decimal

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.rules.at import error_at, warning_at
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.raw import places
from amate.fiscal.rules.reading import Reading
from amate.fiscal.rules.reading_pagos import Documento, Pago
from amate.fiscal.windows import paid_window

_ZERO, _ONE = Decimal(0), Decimal(1)


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    for pago in doc.pagos.pagos if doc.pagos else ():
        yield from _day(doc, pago)
        yield from _form_and_currency(pago)
        yield from _monto(pago)


def _day(doc: Reading, pago: Pago) -> Iterator[Finding]:
    if pago.fecha is not None and doc.fecha is not None and pago.fecha > doc.fecha:
        yield warning_at(
            "REP-3",
            pago.element,
            "FechaPago",
            f"El pago ({pago.fecha}) es posterior al recibo ({doc.fecha}): revísalo.",
        )


def _form_and_currency(pago: Pago) -> Iterator[Finding]:
    forma, tipo_cambio = pago.attrs.get("FormaDePagoP", ""), pago.attrs.get("TipoCambioP")
    if forma == "99":
        yield error_at(
            "CRP20212", pago.element, "FormaDePagoP", "Ya pagaron: escribe la forma real, no 99 (por definir)."
        )
    if pago.moneda == "XXX":
        yield error_at("CRP20213", pago.element, "MonedaP", "MonedaP es la moneda en que pagaron: no puede ser XXX.")
    elif pago.moneda == "MXN":
        if tipo_cambio != "1":
            yield error_at("CRP20215", pago.element, "TipoCambioP", "En pesos TipoCambioP se escribe exactamente “1”.")
    elif tipo_cambio is None:
        yield error_at(
            "CRP20214", pago.element, "TipoCambioP", f"Con pago en {pago.moneda} hay que escribir TipoCambioP en pesos."
        )


def _monto(pago: Pago) -> Iterator[Finding]:
    if pago.monto is None:
        return
    if pago.monto <= 0:
        yield error_at("CRP20218", pago.element, "Monto", "El monto de un pago debe ser mayor que cero.")
    if places(pago.attrs["Monto"]) > pago.decimals:
        yield error_at(
            "CRP20219", pago.element, "Monto", f"Monto lleva más de {pago.decimals} decimales, los de {pago.moneda}."
        )
    if all(paid.moneda == pago.moneda for paid in pago.documentos):
        applied = sum((paid.pagado for paid in pago.documentos if paid.pagado is not None), _ZERO)
        if applied > pago.monto:
            yield error_at(
                "CRP20217", pago.element, "Monto", f"Se aplican {applied} a facturas y el pago fue de {pago.monto}."
            )
    else:
        yield from _converted(pago, pago.monto)


def _converted(pago: Pago, monto: Decimal) -> Iterator[Finding]:
    """Several currencies: what was paid need only reach the least that the written equivalences allow."""
    least = _ZERO
    for paid in pago.documentos:
        window = _window(paid, pago)
        if window is None:
            return
        if window > monto:
            yield error_at(
                "CRP20275",
                paid.element,
                "ImpPagado",
                f"{paid.pagado} {paid.moneda} son al menos {window} {pago.moneda}, más que el pago ({monto}).",
            )
        least += window
    if least > monto:
        yield error_at(
            "CRP20276",
            pago.element,
            "Monto",
            f"Lo aplicado a facturas suma al menos {least} {pago.moneda} y el pago fue de {monto}.",
        )


def _window(paid: Documento, pago: Pago) -> Decimal | None:
    """The low end; None when an amount cannot be read."""
    equivalencia = _ONE if paid.moneda == pago.moneda else paid.equivalencia
    if paid.pagado is None or not equivalencia:
        return None
    return paid_window(paid.pagado, equivalencia, decimals=pago.decimals).low
