"""Reading an element of a raw CFDI: its attributes, its children, its numbers. What cannot be read is None."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import cast

from lxml import etree

_TAX_FIELDS = {
    suffix: tuple(f"{name}{suffix}" for name in ("Impuesto", "TipoFactor", "Base", "TasaOCuota", "Importe"))
    for suffix in ("", "DR", "P")
}
_FECHA = re.compile(r"20[1-9][0-9]-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")

Attributes = dict[str, str]


@dataclass(slots=True)
class Tax:
    """One Traslado or Retencion, wherever it stands. `attrs` has the names as they are written there (`BaseDR`)."""

    element: etree._Element
    attrs: Attributes
    impuesto: str
    factor: str
    base: Decimal | None
    tasa: Decimal | None
    importe: Decimal | None


LONGEST_AMOUNT = 29  # eighteen whole digits, the point and ten decimals: the most that any field of the SAT has


def amount(text: str | None) -> Decimal | None:
    """A plain decimal number, as xs:decimal without sign; None for anything else, and for what is too long to compute."""
    if text is None or len(text) > LONGEST_AMOUNT or not text.isascii() or not text.replace(".", "", 1).isdigit():
        return None
    return Decimal(text)


def places(text: str) -> int:
    """Decimals as written: the SAT counts zeros too."""
    dot = text.find(".")
    return 0 if dot < 0 else len(text) - dot - 1


def children_of(element: etree._Element) -> dict[str, list[etree._Element]]:
    """Children by tag in one walk: each find() of lxml costs as much as all of this."""
    found: dict[str, list[etree._Element]] = {}
    for child in element:
        found.setdefault(child.tag, []).append(child)
    return found


def attributes_of(element: etree._Element) -> Attributes:
    said = cast("list[tuple[str, str]]", element.items())  # the stubs also allow bytes, which a parsed tree never has
    return {name: value.strip(" ") for name, value in said}


def moment(text: str) -> datetime | None:
    """Fecha and FechaPago: AAAA-MM-DDThh:mm:ss, a local time (CFDI40101)."""
    try:
        return datetime.fromisoformat(text) if _FECHA.fullmatch(text) else None
    except ValueError:
        return None


def taxes_of(nodes: dict[str, list[etree._Element]], tag: str, suffix: str = "") -> list[Tax]:
    """The taxes within `Traslados` or `Retenciones`; `suffix` is what ends their attributes' names (DR, P)."""
    fields = _TAX_FIELDS[suffix]
    return [
        _tax(element, fields) for holder in nodes.get(tag, ()) for element in holder if isinstance(element.tag, str)
    ]


def _tax(element: etree._Element, fields: tuple[str, ...]) -> Tax:
    attrs = attributes_of(element)
    get = attrs.get
    impuesto, factor, base, tasa, importe = fields
    return Tax(
        element,
        attrs,
        get(impuesto, ""),
        get(factor, ""),
        amount(get(base)),
        amount(get(tasa)),
        amount(get(importe)),
    )
