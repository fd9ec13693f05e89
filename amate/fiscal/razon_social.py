"""A name as the SAT's list has it: upper case, and without the company's form (FISCAL REC-2)."""

from typing import NamedTuple

from amate.fiscal.rfc import Persona
from amate.fiscal.tables.capital_regimes import SUFFIX
from amate.fiscal.text import clean_text

LONGEST_NAME = 300
PUBLICO_EN_GENERAL = "PUBLICO EN GENERAL"

_ACCENTS = str.maketrans("ÁÉÍÓÚÜ", "AEIOUU")
_TO_MATCH = _ACCENTS | str.maketrans(".,", "  ")


class Name(NamedTuple):
    """`suffix` is what was taken off, as it was written; empty if nothing was."""

    nombre: str
    suffix: str


def normalise_name(nombre: str, persona: Persona) -> Name:
    """Clean, upper case, and for a persona moral take off one form of company. Raises `TextRefused`.

    >>> normalise_name("Empresa Patito, S.A. de C.V.", "M")
    Name(nombre='EMPRESA PATITO', suffix='S.A. DE C.V.')
    """
    upper = clean_text(clean_text(nombre).upper(), longest=LONGEST_NAME)
    if persona == "F":
        return Name(upper, "")
    form = SUFFIX.search(upper.translate(_TO_MATCH))
    if form is None:
        return Name(upper, "")
    return Name(upper[: form.start(1)].rstrip(" ,"), upper[form.start(1) :])


def has_accents(nombre: str) -> bool:
    return nombre.translate(_ACCENTS) != nombre


def is_public(nombre: str) -> bool:
    """Whether somebody typed the name that only a factura global may carry, with or without accent."""
    return nombre.translate(_ACCENTS) == PUBLICO_EN_GENERAL
