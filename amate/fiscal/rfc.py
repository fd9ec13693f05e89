"""The RFC: its shape, its kind of person, its check digit (FISCAL REC-1)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

Persona = Literal["F", "M"]

GENERIC_NACIONAL = "XAXX010101000"
GENERIC_EXTRANJERO = "XEXX010101000"
GENERICS = frozenset({GENERIC_NACIONAL, GENERIC_EXTRANJERO})

DIGIT_WARNING = "El último dígito no coincide. Si así está en tu Constancia, continúa"

_SHAPE = re.compile(r"[A-Z&Ñ]{3,4}([0-9]{2})([0-9]{2})([0-9]{2})[A-Z0-9]{2}[0-9A]")
_VALUES = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ")}


class RfcRefused(ValueError):
    """Not the RFC of anybody. The message is for the field."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Rfc:
    """`persona` is F (física, 13 characters, the generic ones too) or M (moral, 12).

    `check_digit_matches` is only ever a warning: the SAT has given out RFCs whose digit is wrong.
    """

    value: str
    persona: Persona
    check_digit_matches: bool

    @property
    def is_generic(self) -> bool:
        return self.value in GENERICS


def read_rfc(text: str) -> Rfc:
    """Read what a person typed: any case, spaces around or inside. Raises `RfcRefused`.

    >>> read_rfc(" cosc8001137na ")
    Rfc(value='COSC8001137NA', persona='F', check_digit_matches=True)
    """
    value = "".join(unicodedata.normalize("NFC", text).split()).upper()
    if not value:
        raise RfcRefused("Escribe tu RFC")
    if len(value) not in (12, 13):
        raise RfcRefused(f"El RFC lleva 12 o 13 caracteres y escribiste {len(value)}")
    shape = _SHAPE.fullmatch(value)
    if shape is None or not _is_a_date(*shape.groups()):
        raise RfcRefused("Ese RFC no tiene la forma de un RFC. Revisa letras y números")
    matches = value in GENERICS or value[-1] == _check_digit(value)
    return Rfc(value, "M" if len(value) == 12 else "F", matches)


def _is_a_date(year: str, month: str, day: str) -> bool:
    # The century is not written: 1900 and 2000 differ only in 29 February of year 00, which 2000 had.
    try:
        date(2000 + int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _check_digit(value: str) -> str:
    padded = value.rjust(13)
    total = sum(_VALUES[character] * (13 - place) for place, character in enumerate(padded[:12]))
    return "0A987654321"[total % 11]
