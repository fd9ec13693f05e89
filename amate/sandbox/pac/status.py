"""The SAT's status service without HTTP: from an expression to its words (ENGINE SIM-6, FISCAL CAN-6, CAN-8)."""

from dataclasses import dataclass
from fractions import Fraction

from amate.sandbox.pac.cancelling import Sat
from amate.sandbox.pac.standing import Standing, standing
from amate.sandbox.pac.state import Document

FOUND = "S - Comprobante obtenido satisfactoriamente."
MALFORMED = "N - 601: La expresión impresa proporcionada no es válida."
UNKNOWN = "N - 602: Comprobante no encontrado."
_NEEDED = ("re", "rr", "tt", "id")


@dataclass(frozen=True, slots=True)
class Told:
    """`efos` is empty when nothing was found, else 200, or 100 for an issuer on that list."""

    codigo: str
    standing: Standing
    efos: str


def tell(expression: str, sat: Sat) -> Told:
    """Whatever does not match the document word for word is "not found", as the SAT has it."""
    said = _read(expression)
    if said is None:
        return Told(MALFORMED, Standing("No Encontrado", "", ""), "")
    document = sat.known(said["id"])
    if document is None or not _matches(said, document):
        return Told(UNKNOWN, Standing("No Encontrado", "", ""), "")
    efos = "100" if document.rfc_emisor in sat.lists.efos else "200"
    return Told(FOUND, standing(document, store=sat.store, clocks=sat.clocks), efos)


def _read(expression: str) -> dict[str, str] | None:
    """`?re=…&rr=…&tt=…&id=…[&fe=…]`, where an RFC's own ampersand is `&amp;`."""
    if not expression.startswith("?"):
        return None
    said: dict[str, str] = {}
    for part in expression[1:].replace("&amp;", "\0").split("&"):
        name, equals, value = part.partition("=")
        if not equals or name in said:
            return None
        said[name] = value.replace("\0", "&")
    if any(not said.get(name) for name in _NEEDED) or _amount(said["tt"]) is None:
        return None
    return said


def _matches(said: dict[str, str], document: Document) -> bool:
    """`fe` is looked at when it is there; its `=` may come as they are."""
    return (
        said["re"] == document.rfc_emisor
        and said["rr"] == document.rfc_receptor
        and _amount(said["tt"]) == _amount(document.total)
        and said.get("fe", document.sello[-8:]) == document.sello[-8:]
    )


def _amount(text: str) -> Fraction | None:
    try:
        return Fraction(text) if "/" not in text else None
    except ValueError:
        return None
