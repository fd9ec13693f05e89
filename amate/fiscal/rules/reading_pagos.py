"""The complement Pagos 2.0 of a raw CFDI as plain values, read once for all rules of FISCAL §11."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lxml import etree

from amate.fiscal.rules.raw import Attributes, Tax, amount, attributes_of, children_of, moment, taxes_of
from amate.fiscal.tables.monedas import decimals_of
from amate.fiscal.xml import PAGOS

_P = f"{{{PAGOS}}}"
ROOT = f"{_P}Pagos"


@dataclass(slots=True)
class Documento:
    """One DoctoRelacionado: what a payment pays of an invoice. Amounts in `moneda`.

    `equivalencia`: units of `moneda` per unit of the payment's. `impuestos` tells whether ImpuestosDR exists, even empty.
    """

    element: etree._Element
    attrs: Attributes
    moneda: str
    decimals: int
    equivalencia: Decimal | None
    saldo_anterior: Decimal | None
    pagado: Decimal | None
    saldo_insoluto: Decimal | None
    impuestos: bool
    traslados: list[Tax]
    retenciones: list[Tax]


@dataclass(slots=True)
class Pago:
    """One payment. Amounts in `moneda`; `tipo_cambio`: pesos per unit of it. The taxes are those of its ImpuestosP."""

    element: etree._Element
    attrs: Attributes
    fecha: datetime | None
    moneda: str
    decimals: int
    tipo_cambio: Decimal | None
    monto: Decimal | None
    documentos: list[Documento]
    traslados: list[Tax]
    retenciones: list[Tax]


@dataclass(slots=True)
class Pagos:
    """The complement. `totales` is None without its node; `repeated`: a second Pagos node stands beside this one."""

    element: etree._Element
    totales: Attributes | None
    pagos: list[Pago]
    repeated: bool


def read_pagos(complements: list[etree._Element]) -> Pagos | None:
    """`complements`: the children of every Complemento node. None when no Pagos 2.0 is among them."""
    found = [node for node in complements if node.tag == ROOT]
    if not found:
        return None
    nodes = children_of(found[0])
    totales = nodes.get(f"{_P}Totales")
    return Pagos(
        element=found[0],
        totales=attributes_of(totales[0]) if totales else None,
        pagos=[_pago(element) for element in nodes.get(f"{_P}Pago", ())],
        repeated=len(found) > 1,
    )


def _pago(element: etree._Element) -> Pago:
    attrs, nodes = attributes_of(element), children_of(element)
    taxes = _holder(nodes, "ImpuestosP")
    moneda = attrs.get("MonedaP", "")
    return Pago(
        element=element,
        attrs=attrs,
        fecha=moment(attrs.get("FechaPago", "")),
        moneda=moneda,
        decimals=decimals_of(moneda),
        tipo_cambio=amount(attrs.get("TipoCambioP")),
        monto=amount(attrs.get("Monto")),
        documentos=[_documento(node) for node in nodes.get(f"{_P}DoctoRelacionado", ())],
        traslados=taxes_of(taxes, f"{_P}TrasladosP", "P"),
        retenciones=taxes_of(taxes, f"{_P}RetencionesP", "P"),
    )


def _documento(element: etree._Element) -> Documento:
    attrs, nodes = attributes_of(element), children_of(element)
    taxes = _holder(nodes, "ImpuestosDR")
    moneda = attrs.get("MonedaDR", "")
    return Documento(
        element=element,
        attrs=attrs,
        moneda=moneda,
        decimals=decimals_of(moneda),
        equivalencia=amount(attrs.get("EquivalenciaDR")),
        saldo_anterior=amount(attrs.get("ImpSaldoAnt")),
        pagado=amount(attrs.get("ImpPagado")),
        saldo_insoluto=amount(attrs.get("ImpSaldoInsoluto")),
        impuestos=f"{_P}ImpuestosDR" in nodes,
        traslados=taxes_of(taxes, f"{_P}TrasladosDR", "DR"),
        retenciones=taxes_of(taxes, f"{_P}RetencionesDR", "DR"),
    )


def _holder(nodes: dict[str, list[etree._Element]], name: str) -> dict[str, list[etree._Element]]:
    found = nodes.get(f"{_P}{name}")
    return children_of(found[0]) if found else {}
