"""Customs numbers and the parts of a line. Amate writes none; others do.

CFDI40194-40195 NumeroPedimento of a line · 40196 ClaveProdServ, 40197 ValorUnitario, 40198 Importe of a part ·
40199-40200 NumeroPedimento of a part.

Only the shape of a pedimento is looked at: the customs offices and licences are in tables that we do not hold.
"""

import re
from collections.abc import Iterator
from datetime import date

from lxml import etree

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.rounding import UNITS
from amate.fiscal.rules.at import error_at
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.keys import not_in
from amate.fiscal.rules.raw import amount, attributes_of, places
from amate.fiscal.rules.reading import Reading
from amate.fiscal.windows import importe_window
from amate.fiscal.xml import CFDI

PEDIMENTO, PARTE = f"{{{CFDI}}}InformacionAduanera", f"{{{CFDI}}}Parte"
_PEDIMENTO = re.compile(r"[0-9]{2}  [0-9]{2}  [0-9]{4}  [0-9]{7}")
_LONGEST = len(UNITS) - 1


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    for element in doc.root.iter(PEDIMENTO, PARTE):
        if element.tag == PARTE:
            yield from _parte(element, catalogs, doc.as_of)
        else:
            yield from _pedimento(element, doc)


def _pedimento(element: etree._Element, doc: Reading) -> Iterator[Finding]:
    holder = element.getparent()
    in_part = holder is not None and holder.tag == PARTE
    written = element.get("NumeroPedimento", "")
    if not _PEDIMENTO.fullmatch(written):
        said = f"“{written}” no es un pedimento: 15 números, con dos espacios tras el año, la aduana y la patente."
        yield error_at("CFDI40199" if in_part else "CFDI40194", element, "NumeroPedimento", said)
    if "ComercioExterior" in doc.complements:
        said = "Con el complemento de Comercio Exterior no va NumeroPedimento: quítalo."
        yield error_at("CFDI40200" if in_part else "CFDI40195", element, "NumeroPedimento", said)


def _parte(element: etree._Element, catalogs: Catalogs, as_of: date) -> Iterator[Finding]:
    attrs = attributes_of(element)
    if wrong := not_in(catalogs, "c_ClaveProdServ", attrs.get("ClaveProdServ", ""), as_of):
        yield error_at("CFDI40196", element, "ClaveProdServ", wrong)
    cantidad, valor, importe = (amount(attrs.get(name)) for name in ("Cantidad", "ValorUnitario", "Importe"))
    if valor is not None and valor <= 0:
        yield error_at("CFDI40197", element, "ValorUnitario", "ValorUnitario de una parte debe ser mayor que cero.")
    if cantidad is None or valor is None or importe is None:
        return
    window = importe_window(cantidad, valor, decimals=min(places(attrs["Importe"]), _LONGEST))
    if not window.holds(importe):
        said = f"Importe dice {importe}; {cantidad} × {valor} debe dar entre {window.low} y {window.high}."
        yield error_at("CFDI40198", element, "Importe", said)
