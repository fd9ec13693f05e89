"""A sale on somebody else's account (node ACuentaTerceros of a line). Amate writes none; others do.

CFDI40187 a possible RFC · 40188 not the issuer's nor the receiver's · 40191 regime · 40193 postal code.

40189, 40190, 40192 and the rest of 40187 and 40193 compare with the SAT's lists: a PAC's work.
"""

from collections.abc import Iterator

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.rfc import RfcRefused, read_rfc
from amate.fiscal.rules.at import error_at
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.keys import not_in
from amate.fiscal.rules.raw import attributes_of
from amate.fiscal.rules.reading import Reading
from amate.fiscal.xml import CFDI

NODE = f"{{{CFDI}}}ACuentaTerceros"


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    for element in doc.root.iter(NODE):
        attrs = attributes_of(element)
        rfc, cp = attrs.get("RfcACuentaTerceros", ""), attrs.get("DomicilioFiscalACuentaTerceros", "")
        if not _is_possible(rfc):
            said = f"“{rfc}” no puede estar en la lista del SAT: no es un RFC posible."
            yield error_at("CFDI40187", element, "RfcACuentaTerceros", said)
        if rfc and rfc in (doc.emisor.get("Rfc"), doc.receptor.get("Rfc")):
            said = f"{rfc} ya es parte de la factura: el tercero no puede ser ni el emisor ni el receptor."
            yield error_at("CFDI40188", element, "RfcACuentaTerceros", said)
        regimen = attrs.get("RegimenFiscalACuentaTerceros", "")
        if wrong := not_in(catalogs, "c_RegimenFiscal", regimen, doc.as_of):
            yield error_at("CFDI40191", element, "RegimenFiscalACuentaTerceros", wrong)
        if wrong := not_in(catalogs, "c_CodigoPostal", cp, doc.as_of):
            yield error_at("CFDI40193", element, "DomicilioFiscalACuentaTerceros", wrong)


def _is_possible(rfc: str) -> bool:
    try:
        return not read_rfc(rfc).is_generic
    except RfcRefused:
        return False
