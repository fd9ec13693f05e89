"""Every rule that can be known offline, over a raw document (ENGINE VAL)."""

import re
from dataclasses import replace
from datetime import date
from itertools import islice

from lxml import etree

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.comprobante import Comprobante
from amate.fiscal.rules import (
    aduana_y_partes,
    comprobante,
    conceptos,
    global_invoice,
    line_taxes,
    numbers,
    pagos_bank,
    pagos_document_taxes,
    pagos_documents,
    pagos_envelope,
    pagos_payment,
    pagos_taxes,
    pagos_totals,
    parties,
    relations,
    summary,
    terceros,
)
from amate.fiscal.rules.finding import Finding, note
from amate.fiscal.rules.from_values import reading_of
from amate.fiscal.rules.reading import Reading, read
from amate.fiscal.schema import is_well_built, structure
from amate.fiscal.xml import CFDI, parse

_GROUPS = (
    comprobante.check,
    global_invoice.check,
    relations.check,
    parties.check,
    conceptos.check,
    line_taxes.check,
    summary.check,
    pagos_envelope.check,
)
MOST = 500
"""Findings of one document that are told; a file made to have more would keep us busy for ever."""
_OF_OTHERS = (  # what Amate never writes, so its own documents are spared the search
    terceros.check,
    aduana_y_partes.check,
    numbers.check,
)
_PAGOS = (
    pagos_totals.check,
    pagos_payment.check,
    pagos_bank.check,
    pagos_documents.check,
    pagos_document_taxes.check,
    pagos_taxes.check,
)
REFUSED_IN_OURS = frozenset({"COM-2", "COM-3", "GLO-3", "GLO-4", "REP-2", "REP-3", "REP-10"})
"""What no PAC refuses and we never issue: a warning about a document of others, an error about ours (FISCAL COM-2)."""
_NUMBER = re.compile(r"(?:CFDI|CRP)?(\d+)$")


def validate(document: bytes | etree._Element, *, catalogs: Catalogs, as_of: date | None = None) -> list[Finding]:
    """All findings of schema, catalogues and arithmetic, lowest code first; the seal is not looked at.

    The rules run even when the schema refuses the document, so that one reading tells all. `as_of`: the day whose
    catalogues count, the day of Fecha when None. Raises `MalformedXml` for bytes that are not XML.
    """
    root = parse(document) if isinstance(document, bytes) else document
    if root.tag != f"{{{CFDI}}}Comprobante":
        return structure(root, catalogs=catalogs)
    return in_order(validate_reading(read(root, as_of=as_of), catalogs=catalogs))


def validate_reading(doc: Reading, *, catalogs: Catalogs) -> list[Finding]:
    """`validate` for who has read the document already; in no order."""
    groups = (_GROUPS if doc.pagos is None else _GROUPS + _PAGOS) + _OF_OTHERS
    by_rules = (finding for group in groups for finding in group(doc, catalogs))
    found = [*structure(doc.root, catalogs=catalogs), *islice(by_rules, MOST)]
    if len(found) >= MOST:
        found.append(
            note("VAL-3", ".", "Hay más hallazgos que los que se dicen aquí: corrige estos y vuelve a revisar.")
        )
    return found


def validate_ours(comprobante: Comprobante, xml: bytes, *, catalogs: Catalogs) -> list[Finding]:
    """`validate` for what we have just written: `xml` is `seal(comprobante, …).xml`. Same findings, half the cost.

    Only stricter: a warning of `REFUSED_IN_OURS` is an error here. The schema reads the XML; the rules read the values it was written from. Whatever is found sends the document
    through `validate`, which knows where.
    """
    root = parse(xml)
    doc = reading_of(comprobante, root)
    found = _by_the_rules(doc, catalogs)
    if is_well_built(root) and all(finding.severity == "note" for finding in found):
        return found
    return [_refused(finding) for finding in validate(root, catalogs=catalogs)]


def validate_draft(comprobante: Comprobante, xml: bytes, *, catalogs: Catalogs) -> list[Finding]:
    """The errors that a draft of ours has before it is sealed: `xml` is `seal.unsealed(comprobante)`. The rules alone,
    since the schema asks for a seal."""
    found = map(_refused, _by_the_rules(reading_of(comprobante, parse(xml)), catalogs))
    return in_order([finding for finding in found if finding.severity == "error"])


def _refused(finding: Finding) -> Finding:
    return replace(finding, severity="error") if finding.code in REFUSED_IN_OURS else finding


def _by_the_rules(doc: Reading, catalogs: Catalogs) -> list[Finding]:
    groups = _GROUPS if doc.pagos is None else _GROUPS + _PAGOS
    return [finding for group in groups for finding in group(doc, catalogs)]


def in_order(findings: list[Finding]) -> list[Finding]:
    """Lowest SAT code first, as a PAC answers; our own rules last."""
    return sorted(findings, key=_rank) if len(findings) > 1 else findings


def _rank(finding: Finding) -> tuple[int, int, str]:
    number = _NUMBER.fullmatch(finding.code)
    return (0, int(number[1]), "") if number else (1, 0, finding.code)
