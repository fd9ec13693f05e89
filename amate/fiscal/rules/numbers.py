"""VAL-1: a number too long to compute with. The schema sets no limit to some of them, and no rule could look at it."""

import re
from collections.abc import Iterator
from typing import cast

from lxml import etree

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.rules.at import error_at
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.raw import LONGEST_AMOUNT, attributes_of
from amate.fiscal.rules.reading import Reading

_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?")
_FIELDS = re.compile(
    r"(Cantidad|ValorUnitario|Imp.*|Base.*|TasaOCuota.*|Monto.*|Total.*|TipoCambio.*|SubTotal|Descuento)"
)
_HAS_A_LONG_TEXT = etree.XPath(f"//*[@*[string-length() > {LONGEST_AMOUNT}]]")  # half the cost of looking from here


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    for element in cast("list[etree._Element]", _HAS_A_LONG_TEXT(doc.root)):
        for name, value in attributes_of(element).items():
            if len(value) > LONGEST_AMOUNT and _FIELDS.fullmatch(name) and _NUMBER.fullmatch(value):
                said = f"{name} lleva más de 18 enteros o 10 decimales: no es un importe que se pueda revisar."
                yield error_at("VAL-1", element, name, said)
