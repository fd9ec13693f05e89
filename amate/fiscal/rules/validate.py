"""Every rule that can be known offline, over a raw document (ENGINE VAL)."""

import re
from datetime import date

from lxml import etree

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.comprobante import Comprobante
from amate.fiscal.rules import comprobante, conceptos, global_and_relations, line_taxes, parties, summary
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.from_values import reading_of
from amate.fiscal.rules.reading import read
from amate.fiscal.schema import is_well_built, structure
from amate.fiscal.xml import CFDI, parse

_GROUPS = (
    comprobante.check,
    global_and_relations.check,
    parties.check,
    conceptos.check,
    line_taxes.check,
    summary.check,
)
_NUMBER = re.compile(r"(?:CFDI|CRP)?(\d+)$")


def validate(document: bytes | etree._Element, *, catalogs: Catalogs, as_of: date | None = None) -> list[Finding]:
    """All findings of schema, catalogues and arithmetic, lowest code first; the seal is not looked at.

    The rules run even when the schema refuses the document, so that one reading tells all. `as_of`: the day whose
    catalogues count, the day of Fecha when None. Raises `MalformedXml` for bytes that are not XML.
    """
    root = parse(document) if isinstance(document, bytes) else document
    found = structure(root, catalogs=catalogs)
    if root.tag == f"{{{CFDI}}}Comprobante":
        doc = read(root, as_of=as_of)
        for group in _GROUPS:
            found.extend(group(doc, catalogs))
    return in_order(found)


def validate_ours(comprobante: Comprobante, xml: bytes, *, catalogs: Catalogs) -> list[Finding]:
    """`validate` for what we have just written: `xml` is `seal(comprobante, …).xml`. Same findings, half the cost.

    The schema reads the XML; the rules read the values it was written from. Whatever is found sends the document
    through `validate`, which knows where.
    """
    root = parse(xml)
    doc = reading_of(comprobante, root)
    found = [finding for group in _GROUPS for finding in group(doc, catalogs)]
    if is_well_built(root) and all(finding.severity == "note" for finding in found):
        return found
    return validate(root, catalogs=catalogs)


def in_order(findings: list[Finding]) -> list[Finding]:
    """Lowest SAT code first, as a PAC answers; our own rules last."""
    return sorted(findings, key=_rank) if len(findings) > 1 else findings


def _rank(finding: Finding) -> tuple[int, int, str]:
    number = _NUMBER.fullmatch(finding.code)
    return (0, int(number[1]), "") if number else (1, 0, finding.code)
