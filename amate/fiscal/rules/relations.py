"""What a document says of earlier ones, and what a credit note must be.

CFDI40137 TipoRelacion. Without a code, and ours: REL-1 (which kind of document may say it, a UUID twice), REL-2 (an
Egreso names what it corrects, is paid and is used as G02), AFT-B (an Egreso against a factura global).
"""

from collections.abc import Iterator

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.razon_social import PUBLICO_EN_GENERAL
from amate.fiscal.rules.finding import Finding, error, note, warning
from amate.fiscal.rules.keys import not_in
from amate.fiscal.rules.reading import Reading

_CREDIT_NOTE, _RETURN, _SUBSTITUTION, _ADVANCE = "01", "03", "04", "07"
_SAID_BY = {
    _CREDIT_NOTE: "E",
    "02": "IE",
    _RETURN: "E",
    "05": "T",
    "06": "IE",
    _ADVANCE: "IE",
}
_OF_A_CREDIT = (_CREDIT_NOTE, _RETURN, _SUBSTITUTION, _ADVANCE)
_CREDIT_LINE = (("ClaveProdServ", "84111506"), ("ClaveUnidad", "ACT"))


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    if doc.relacionados:
        yield from _relations(doc, catalogs)
    if doc.tipo == "E":
        yield from _egreso(doc)


def _relations(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for number, related in enumerate(doc.relacionados, 1):
        where = "CfdiRelacionados" if len(doc.relacionados) == 1 else f"CfdiRelacionados[{number}]"
        if wrong := not_in(catalogs, "c_TipoRelacion", related.tipo, doc.as_of):
            yield error("CFDI40137", f"{where}/@TipoRelacion", wrong)
            continue
        if doc.tipo not in _SAID_BY.get(related.tipo, doc.tipo):
            name = catalogs.small["c_TipoRelacion"][related.tipo].texto
            said = f"La relación {related.tipo} ({name}) no es de un comprobante de tipo {doc.tipo}."
            yield note("REL-1", f"{where}/@TipoRelacion", said)
        for uuid in related.uuids:
            if (related.tipo, uuid.upper()) in seen:
                yield warning("REL-1", where, f"{uuid} está dos veces con la relación {related.tipo}: basta una.")
            seen.add((related.tipo, uuid.upper()))


def _egreso(doc: Reading) -> Iterator[Finding]:
    if not any(related.tipo in _OF_A_CREDIT for related in doc.relacionados):
        said = "Una nota de crédito nombra la factura que corrige: relación 01 (descuento), 03 (devolución) o 07."
        yield warning("REL-2", "CfdiRelacionados", said)
    if doc.attrs.get("MetodoPago") == "PPD":
        yield warning("REL-2", "@MetodoPago", "Una nota de crédito se salda al emitirse: lleva PUE y la forma real.")
    if doc.receptor.get("UsoCFDI") != "G02":
        yield note("REL-2", "Receptor/@UsoCFDI", "Lo usual en una nota de crédito es el uso G02.")
    if doc.receptor.get("Nombre") == PUBLICO_EN_GENERAL:
        yield from _against_a_global(doc)


def _against_a_global(doc: Reading) -> Iterator[Finding]:
    """AFT-B: how the SAT's guide takes a sale out of a global invoice that stays. A PAC answers 40130 to the node."""
    for number, line in enumerate(doc.lines, 1):
        for name, value in _CREDIT_LINE:
            if line.attrs.get(name) != value:
                where = f"Conceptos/Concepto[{number}]/@{name}" if len(doc.lines) > 1 else f"Conceptos/Concepto/@{name}"
                yield warning("AFT-B", where, f"Contra una factura global {name} es {value}.")
