"""The Comprobante around a Pagos 2.0: every field of it has one lawful value (FISCAL REP-2).

In the order of the SAT's matrix. CRP20101 TipoDeComprobante · 20102 Exportacion · 20103 SubTotal · 20104 Moneda ·
20105 FormaPago · 20106 MetodoPago · 20107 CondicionesDePago · 20108 Descuento · 20109 TipoCambio · 20110 Total ·
20111 one Concepto · 20112 nothing inside it · 20113 ClaveProdServ · 20114 NoIdentificacion · 20115 Cantidad ·
20116 ClaveUnidad · 20117 Unidad · 20118 Descripcion · 20119 ValorUnitario · 20120 Importe · 20121 Descuento of the
Concepto · 20122 ObjetoImp · 20123 Impuestos. REP-2 has no code: a P without its complement, and its UsoCFDI.
"""

from collections.abc import Iterator
from decimal import Decimal

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.rules.at import error_at
from amate.fiscal.rules.finding import Finding, error, warning
from amate.fiscal.rules.raw import amount
from amate.fiscal.rules.reading import Line, Reading
from amate.fiscal.xml import CFDI

_ZERO = Decimal(0)
_IMPUESTOS, _TERCEROS = f"{{{CFDI}}}Impuestos", f"{{{CFDI}}}ACuentaTerceros"

_ABSENT = (
    ("CRP20105", "FormaPago"),
    ("CRP20106", "MetodoPago"),
    ("CRP20107", "CondicionesDePago"),
    ("CRP20108", "Descuento"),
    ("CRP20109", "TipoCambio"),
)
_LINE_FIXED = (
    ("CRP20113", "ClaveProdServ", "84111506"),
    ("CRP20116", "ClaveUnidad", "ACT"),
    ("CRP20118", "Descripcion", "Pago"),
    ("CRP20122", "ObjetoImp", "01"),
)
_LINE_NUMBERS = (
    ("CRP20115", "Cantidad", Decimal(1)),
    ("CRP20119", "ValorUnitario", _ZERO),
    ("CRP20120", "Importe", _ZERO),
)
_LINE_ABSENT = (("CRP20114", "NoIdentificacion"), ("CRP20117", "Unidad"), ("CRP20121", "Descuento"))


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    if doc.pagos is None:
        if doc.tipo == "P":
            yield error("REP-2", "Complemento", "Un comprobante de tipo P lleva el complemento Pagos 2.0, y no está.")
        return
    yield from _head(doc)
    yield from _concepto(doc)
    if doc.summary is not None:
        yield error("CRP20123", "Impuestos", "Un recibo de pagos no lleva resumen de impuestos: van en el complemento.")
    if doc.pagos.repeated:
        yield error("REP-2", "Complemento", "Hay más de un complemento Pagos: júntalos, cada pago en su nodo Pago.")
    if doc.receptor.get("UsoCFDI") != "CP01":
        yield warning("REP-2", "Receptor/@UsoCFDI", "El uso de un recibo de pagos es CP01 (Pagos).")


def _head(doc: Reading) -> Iterator[Finding]:
    attrs = doc.attrs
    if doc.tipo != "P":
        yield error("CRP20101", "@TipoDeComprobante", f"El complemento Pagos va en un comprobante P, no en {doc.tipo}.")
    if attrs.get("Exportacion") != "01":
        yield error("CRP20102", "@Exportacion", "En un recibo de pagos Exportacion es 01 (no aplica).")
    if doc.subtotal != _ZERO:
        yield error("CRP20103", "@SubTotal", "En un recibo de pagos SubTotal es 0: lo pagado va en el complemento.")
    if attrs.get("Moneda") != "XXX":
        yield error("CRP20104", "@Moneda", "En un recibo de pagos Moneda es XXX: la del pago va en el complemento.")
    for code, name in _ABSENT:
        if name in attrs:
            yield error(code, f"@{name}", f"Un recibo de pagos no lleva {name}: quítalo.")
    if doc.total != _ZERO:
        yield error("CRP20110", "@Total", "En un recibo de pagos Total es 0: lo pagado va en el complemento.")


def _concepto(doc: Reading) -> Iterator[Finding]:
    if len(doc.lines) != 1:
        said = f"Un recibo de pagos lleva un solo concepto, y este lleva {len(doc.lines)}."
        yield error("CRP20111", "Conceptos", said)
    for line in doc.lines[:1]:
        yield from _line(line)


def _line(line: Line) -> Iterator[Finding]:
    attrs, element = line.attrs, line.element
    inside = [child for child in element if isinstance(child.tag, str) and child.tag not in (_IMPUESTOS, _TERCEROS)]
    if inside or line.impuestos:
        yield error_at("CRP20112", element, None, "El concepto de un recibo de pagos no lleva nada dentro.")
    if line.impuestos:
        yield error_at("CRP20123", element, None, "El concepto de un recibo de pagos no lleva impuestos.")
    for code, name, value in _LINE_FIXED:
        if attrs.get(name) != value:
            yield error_at(code, element, name, f"En un recibo de pagos {name} del concepto es “{value}”.")
    for code, name, number in _LINE_NUMBERS:
        if amount(attrs.get(name)) != number:
            yield error_at(code, element, name, f"En un recibo de pagos {name} del concepto es {number}.")
    for code, name in _LINE_ABSENT:
        if name in attrs:
            yield error_at(code, element, name, f"El concepto de un recibo de pagos no lleva {name}: quítalo.")
