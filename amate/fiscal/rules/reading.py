"""A raw CFDI as plain values, read once for all rules. What cannot be read is None: the schema already says so."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from lxml import etree

from amate.fiscal.tables.entry import CFDI_40
from amate.fiscal.tables.monedas import decimals_of
from amate.fiscal.xml import CFDI

_C = f"{{{CFDI}}}"
_IMPUESTOS, _CONCEPTOS, _CONCEPTO = f"{_C}Impuestos", f"{_C}Conceptos", f"{_C}Concepto"
_TRASLADOS, _RETENCIONES = f"{_C}Traslados", f"{_C}Retenciones"
_LOCALES = "{http://www.sat.gob.mx/implocal}ImpuestosLocales"
_ZERO = Decimal(0)

_FECHA = re.compile(r"20[1-9][0-9]-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")

Attributes = dict[str, str]


@dataclass(slots=True)
class Tax:
    """One Traslado or Retencion, of a line or of the summary."""

    element: etree._Element
    attrs: Attributes
    impuesto: str
    factor: str
    base: Decimal | None
    tasa: Decimal | None
    importe: Decimal | None


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
    relacionados: list[Attributes]
    lines: list[Line]
    summary: Summary | None
    local_taxes: Decimal
    complements: frozenset[str]

    @property
    def sells(self) -> bool:
        """I and E carry amounts of a sale; N those of a payroll; T and P carry none."""
        return self.tipo in {"I", "E", "N"}


def read(root: etree._Element, *, as_of: date | None = None) -> Reading:
    """`as_of`: the day whose catalogues count; the day of Fecha when None (DECISIONS E6)."""
    attrs = _attrs(root)
    moneda = attrs.get("Moneda", "")
    fecha = _fecha(attrs.get("Fecha", ""))
    summary = _child(root, _IMPUESTOS)
    globe = _child(root, f"{_C}InformacionGlobal")
    return Reading(
        root=root,
        attrs=attrs,
        tipo=attrs.get("TipoDeComprobante", ""),
        fecha=fecha,
        as_of=as_of or (max(fecha.date(), CFDI_40) if fecha else date.max),
        decimals=decimals_of(moneda),
        subtotal=amount(attrs.get("SubTotal")),
        descuento=amount(attrs.get("Descuento")),
        total=amount(attrs.get("Total")),
        emisor=_attrs(_child(root, f"{_C}Emisor")),
        receptor=_attrs(_child(root, f"{_C}Receptor")),
        informacion_global=None if globe is None else _attrs(globe),
        relacionados=[_attrs(node) for node in root.iterchildren(f"{_C}CfdiRelacionados")],
        lines=[_line(node) for holder in root.iterchildren(_CONCEPTOS) for node in holder.iterchildren(_CONCEPTO)],
        summary=None if summary is None else _summary(summary),
        local_taxes=_local_taxes(root),
        complements=frozenset(_complements(root)),
    )


def amount(text: str | None) -> Decimal | None:
    """A plain decimal number, as xs:decimal without sign; None for anything else."""
    if text is None or not text.isascii() or not text.replace(".", "", 1).isdigit():
        return None
    return Decimal(text)


def places(text: str) -> int:
    """Decimals as written: the SAT counts zeros too."""
    dot = text.find(".")
    return 0 if dot < 0 else len(text) - dot - 1


def _child(element: etree._Element, tag: str) -> etree._Element | None:
    # iterchildren stays in C: find() goes through lxml's path language, ten times slower
    return next(element.iterchildren(tag), None)


def _attrs(element: etree._Element | None) -> Attributes:
    if element is None:
        return {}
    said = cast("dict[str, str]", element.attrib)  # the stubs also allow bytes, which a parsed tree never has
    return {name: value.strip(" ") for name, value in said.items()}


def _fecha(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if _FECHA.fullmatch(text) else None
    except ValueError:
        return None


def _line(element: etree._Element) -> Line:
    attrs = _attrs(element)
    node = _child(element, _IMPUESTOS)
    return Line(
        element=element,
        attrs=attrs,
        cantidad=amount(attrs.get("Cantidad")),
        valor_unitario=amount(attrs.get("ValorUnitario")),
        importe=amount(attrs.get("Importe")),
        descuento=amount(attrs.get("Descuento")),
        impuestos=node is not None,
        traslados=_taxes(node, _TRASLADOS),
        retenciones=_taxes(node, _RETENCIONES),
    )


def _summary(element: etree._Element) -> Summary:
    attrs = _attrs(element)
    return Summary(
        element=element,
        attrs=attrs,
        traslados=_taxes(element, _TRASLADOS),
        retenciones=_taxes(element, _RETENCIONES),
        total_trasladados=amount(attrs.get("TotalImpuestosTrasladados")),
        total_retenidos=amount(attrs.get("TotalImpuestosRetenidos")),
    )


def _taxes(node: etree._Element | None, tag: str) -> list[Tax]:
    holder = None if node is None else _child(node, tag)
    if holder is None:
        return []
    return [_tax(element) for element in holder if isinstance(element.tag, str)]


def _tax(element: etree._Element) -> Tax:
    attrs = _attrs(element)
    return Tax(
        element=element,
        attrs=attrs,
        impuesto=attrs.get("Impuesto", ""),
        factor=attrs.get("TipoFactor", ""),
        base=amount(attrs.get("Base")),
        tasa=amount(attrs.get("TasaOCuota")),
        importe=amount(attrs.get("Importe")),
    )


def _complements(root: etree._Element) -> Iterator[str]:
    for holder in root.iterchildren(f"{_C}Complemento"):
        for child in holder:
            if isinstance(child.tag, str):
                yield etree.QName(child).localname


def _local_taxes(root: etree._Element) -> Decimal:
    """State and city taxes travel in a complement and are part of Total (CFDI40119)."""
    total = _ZERO
    for holder in root.iterchildren(f"{_C}Complemento"):
        for node in holder.iterchildren(_LOCALES):
            total += amount(node.get("TotaldeTraslados")) or _ZERO
            total -= amount(node.get("TotaldeRetenciones")) or _ZERO
    return total
