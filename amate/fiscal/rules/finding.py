"""What a rule says about a document."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`code`: the SAT's (CFDI40xxx, 301…) or, where the SAT has none, the rule's own (COM-2, REC-1…).

    `where`: the path from the Comprobante, as `Conceptos/Concepto[2]/@Importe`. `message`: Spanish, for whoever can
    mend it. Only an error makes a document invalid.
    """

    code: str
    severity: Severity
    where: str
    message: str


def error(code: str, where: str, message: str) -> Finding:
    return Finding(code, "error", where, message)


def warning(code: str, where: str, message: str) -> Finding:
    return Finding(code, "warning", where, message)


def note(code: str, where: str, message: str) -> Finding:
    return Finding(code, "note", where, message)
