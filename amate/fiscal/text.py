"""The one door that cleans text on its way into a CFDI (FISCAL COM-1, ENGINE SEAL-3).

The SAT's XSLT collapses only tab, line feed, carriage return and space. Any other white space left in a value would
make the cadena of a careless writer differ from the PAC's (302), so it becomes a plain space here, once.
"""

import re
import unicodedata

_UNTIDY = re.compile(r"[^ -{}~À-ÖØ-öø-ÿ]|^ | $|  ")
_CONTROLS_THAT_SPACE = frozenset("\t\n\v\f\r\x85")


class TextRefused(ValueError):
    """A text that a CFDI cannot carry. The message is for people and says what to change."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def clean_text(text: str, *, longest: int | None = None) -> str:
    """Return `text` in NFC, every kind of white space made one plain space, trimmed; possibly empty.

    `longest` is counted in characters after cleaning. Raises `TextRefused` on `|`, control and invisible format
    characters (U+200B, byte order mark…), lone surrogates, non-characters, and a text that is too long.
    """
    if _UNTIDY.search(text):
        text = _tidy(text)
    if longest is not None and len(text) > longest:
        raise TextRefused(f"Acórtalo: caben {longest} caracteres y escribiste {len(text)}")
    return text


def _tidy(text: str) -> str:
    plain: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if category.startswith("Z") or character in _CONTROLS_THAT_SPACE:
            plain.append(" ")
            continue
        if character == "|":
            raise TextRefused("Quita la barra “|”: el SAT no la admite")
        if category in ("Cc", "Cf", "Cs") or ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef":
            raise TextRefused("Hay un carácter invisible en este texto. Bórralo y escríbelo de nuevo")
        plain.append(character)
    return " ".join(word for word in "".join(plain).split(" ") if word)
