"""A raw CFDI as plain values, read once for all rules. What cannot be read is None: the schema already says so."""

import re
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
_COMPLEMENTO = f"{_C}Complemento"
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
    nodes = _children(root)
    fecha = _fecha(attrs.get("Fecha", ""))
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
        relacionados=[_attrs(node) for node in nodes.get(f"{_C}CfdiRelacionados", ())],
        lines=[_line(node) for holder in nodes.get(_CONCEPTOS, ()) for node in holder.iterchildren(_CONCEPTO)],
        summary=_summary(nodes[_IMPUESTOS][0]) if _IMPUESTOS in nodes else None,
        local_taxes=_local_taxes(complements),
        complements=frozenset(etree.QName(node).localname for node in complements),
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


def _children(element: etree._Element) -> dict[str, list[etree._Element]]:
    """Children by tag in one walk: each find() of lxml costs as much as all of this."""
    found: dict[str, list[etree._Element]] = {}
    for child in element:
        found.setdefault(child.tag, []).append(child)
    return found


def _first(nodes: dict[str, list[etree._Element]], tag: str) -> Attributes | None:
    return _attrs(nodes[tag][0]) if tag in nodes else None


def _attrs(element: etree._Element) -> Attributes:
    said = cast("list[tuple[str, str]]", element.items())  # the stubs also allow bytes, which a parsed tree never has
    return {name: value.strip(" ") for name, value in said}


def _fecha(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if _FECHA.fullmatch(text) else None
    except ValueError:
        return None


def _line(element: etree._Element) -> Line:
    attrs = _attrs(element)
    node = next(element.iterchildren(_IMPUESTOS), None)
    taxes = {} if node is None else _children(node)
    get = attrs.get
    return Line(
        element,
        attrs,
        amount(get("Cantidad")),
        amount(get("ValorUnitario")),
        amount(get("Importe")),
        amount(get("Descuento")),
        node is not None,
        _taxes(taxes, _TRASLADOS),
        _taxes(taxes, _RETENCIONES),
    )


def _summary(element: etree._Element) -> Summary:
    attrs = _attrs(element)
    taxes = _children(element)
    return Summary(
        element=element,
        attrs=attrs,
        traslados=_taxes(taxes, _TRASLADOS),
        retenciones=_taxes(taxes, _RETENCIONES),
        total_trasladados=amount(attrs.get("TotalImpuestosTrasladados")),
        total_retenidos=amount(attrs.get("TotalImpuestosRetenidos")),
    )


def _taxes(nodes: dict[str, list[etree._Element]], tag: str) -> list[Tax]:
    return [_tax(element) for holder in nodes.get(tag, ()) for element in holder if isinstance(element.tag, str)]


def _tax(element: etree._Element) -> Tax:
    attrs = _attrs(element)
    get = attrs.get
    return Tax(
        element,
        attrs,
        get("Impuesto", ""),
        get("TipoFactor", ""),
        amount(get("Base")),
        amount(get("TasaOCuota")),
        amount(get("Importe")),
    )


def _local_taxes(complements: list[etree._Element]) -> Decimal:
    """State and city taxes travel in a complement and are part of Total (CFDI40119)."""
    total = _ZERO
    for node in complements:
        if node.tag == _LOCALES:
            total += amount(node.get("TotaldeTraslados")) or _ZERO
            total -= amount(node.get("TotaldeRetenciones")) or _ZERO
    return total
