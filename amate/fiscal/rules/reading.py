"""A raw CFDI as plain values, read once for all rules. What cannot be read is None: the schema already says so."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lxml import etree

from amate.fiscal.rules.raw import Attributes, Tax, amount, attributes_of, children_of, moment, taxes_of
from amate.fiscal.rules.reading_pagos import Pagos, read_pagos
from amate.fiscal.tables.entry import CFDI_40
from amate.fiscal.tables.monedas import decimals_of
from amate.fiscal.xml import CFDI

_C = f"{{{CFDI}}}"
_IMPUESTOS, _CONCEPTOS, _CONCEPTO = f"{_C}Impuestos", f"{_C}Conceptos", f"{_C}Concepto"
_COMPLEMENTO, _RELACIONADO = f"{_C}Complemento", f"{_C}CfdiRelacionado"
_TRASLADOS, _RETENCIONES = f"{_C}Traslados", f"{_C}Retenciones"
_LOCALES = "{http://www.sat.gob.mx/implocal}ImpuestosLocales"
_ZERO = Decimal(0)


@dataclass(slots=True)
class Line:
    """One Concepto. `impuestos` tells whether the node exists, even empty."""

    element: etree._Element
    attrs: Attributes
    cantidad: Decimal | None
    valor_unitario: Decimal | None
    importe: Decimal | None
    descuento: Decimal | None
    impuestos: bool
    traslados: list[Tax]
    retenciones: list[Tax]


@dataclass(slots=True)
class Summary:
    """The Impuestos node of the Comprobante."""

    element: etree._Element
    attrs: Attributes
    traslados: list[Tax]
    retenciones: list[Tax]
    total_trasladados: Decimal | None
    total_retenidos: Decimal | None


@dataclass(slots=True)
class Relation:
    """One CfdiRelacionados node."""

    tipo: str
    uuids: list[str]


@dataclass(slots=True)
class Reading:
    """`fecha` is None when it cannot be read; `decimals` those of the currency (2 when it is unknown)."""

    root: etree._Element
    attrs: Attributes
    tipo: str
    fecha: datetime | None
    as_of: date
    decimals: int
    subtotal: Decimal | None
    descuento: Decimal | None
    total: Decimal | None
    emisor: Attributes
    receptor: Attributes
    informacion_global: Attributes | None
    relacionados: list[Relation]
    lines: list[Line]
    summary: Summary | None
    local_taxes: Decimal
    complements: frozenset[str]
    pagos: Pagos | None

    @property
    def sells(self) -> bool:
        """I and E carry amounts of a sale; N those of a payroll; T and P carry none."""
        return self.tipo in {"I", "E", "N"}


def read(root: etree._Element, *, as_of: date | None = None) -> Reading:
    """`as_of`: the day whose catalogues count; the day of Fecha when None (DECISIONS E6)."""
    attrs = attributes_of(root)
    nodes = children_of(root)
    fecha = moment(attrs.get("Fecha", ""))
    complements = [child for holder in nodes.get(_COMPLEMENTO, ()) for child in holder if isinstance(child.tag, str)]
    return Reading(
        root=root,
        attrs=attrs,
        tipo=attrs.get("TipoDeComprobante", ""),
        fecha=fecha,
        as_of=as_of or (max(fecha.date(), CFDI_40) if fecha else date.max),
        decimals=decimals_of(attrs.get("Moneda", "")),
        subtotal=amount(attrs.get("SubTotal")),
        descuento=amount(attrs.get("Descuento")),
        total=amount(attrs.get("Total")),
        emisor=_first(nodes, f"{_C}Emisor") or {},
        receptor=_first(nodes, f"{_C}Receptor") or {},
        informacion_global=_first(nodes, f"{_C}InformacionGlobal"),
        relacionados=[_relation(node) for node in nodes.get(f"{_C}CfdiRelacionados", ())],
        lines=[_line(node) for holder in nodes.get(_CONCEPTOS, ()) for node in holder.iterchildren(_CONCEPTO)],
        summary=_summary(nodes[_IMPUESTOS][0]) if _IMPUESTOS in nodes else None,
        local_taxes=_local_taxes(complements),
        complements=frozenset(etree.QName(node).localname for node in complements),
        pagos=read_pagos(complements),
    )


def _first(nodes: dict[str, list[etree._Element]], tag: str) -> Attributes | None:
    return attributes_of(nodes[tag][0]) if tag in nodes else None


def _relation(element: etree._Element) -> Relation:
    uuids = [node.get("UUID", "").strip(" ") for node in element.iterchildren(_RELACIONADO)]
    return Relation(attributes_of(element).get("TipoRelacion", ""), uuids)


def _line(element: etree._Element) -> Line:
    attrs = attributes_of(element)
    node = next(element.iterchildren(_IMPUESTOS), None)
    taxes = {} if node is None else children_of(node)
    get = attrs.get
    return Line(
        element,
        attrs,
        amount(get("Cantidad")),
        amount(get("ValorUnitario")),
        amount(get("Importe")),
        amount(get("Descuento")),
        node is not None,
        taxes_of(taxes, _TRASLADOS),
        taxes_of(taxes, _RETENCIONES),
    )


def _summary(element: etree._Element) -> Summary:
    attrs = attributes_of(element)
    taxes = children_of(element)
    return Summary(
        element=element,
        attrs=attrs,
        traslados=taxes_of(taxes, _TRASLADOS),
        retenciones=taxes_of(taxes, _RETENCIONES),
        total_trasladados=amount(attrs.get("TotalImpuestosTrasladados")),
        total_retenidos=amount(attrs.get("TotalImpuestosRetenidos")),
    )


def _local_taxes(complements: list[etree._Element]) -> Decimal:
    """State and city taxes travel in a complement and are part of Total (CFDI40119)."""
    total = _ZERO
    for node in complements:
        if node.tag == _LOCALES:
            total += amount(node.get("TotaldeTraslados")) or _ZERO
            total -= amount(node.get("TotaldeRetenciones")) or _ZERO
    return total
