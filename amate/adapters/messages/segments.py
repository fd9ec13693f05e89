"""How many messages a text becomes on its way to a telephone, and what makes it dearer (OUTSIDE MSG-5)."""

import re
from dataclasses import dataclass
from enum import StrEnum

# GSM 03.38: letters of one septet, and those that need an escape before them.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPED = frozenset("^{}\\[~]|€\f")
_PLAIN = str.maketrans("áíóúÁÍÓÚ“”‘’–—…\xa0", "aiouAIOU\"\"''--. ")
# Carriers forbid them, or they turn a notice into something else (MSG-4, MSG-7, MSG-8).
_FORBIDDEN = (
    (re.compile(r"\bpaga(?:r|ra)? aqu[ií]\b", re.I), "“paga aquí”: nombra tu página de cuenta"),
    (re.compile(r"\b(?:pr[eé]stamos?|cr[eé]ditos? f[aá]cil(?:es)?)\b", re.I), "préstamos: los operadores los bloquean"),
    (re.compile(r"\b(?:demandas?|embargos?|judicial(?:es)?|abogados?)\b", re.I), "palabras de juzgado"),
    (re.compile(r"\b(?:adeudos?|deudas?|deudor(?:a|es)?|moros[oa]s?)\b", re.I), "la deuda: un SMS lo lee cualquiera"),
    (re.compile(r"\$\s?\d"), "un importe: un SMS lo lee cualquiera"),
    (re.compile(r"\b(?:promoci[oó]n|promo|descuentos?|ofertas?)\b", re.I), "publicidad: eso pide otro permiso"),
)


class Encoding(StrEnum):
    GSM7 = "gsm7"
    UCS2 = "ucs2"


@dataclass(frozen=True, slots=True)
class Segments:
    """`units` are septets or UTF-16 units; `outside`: the letters that forbid the cheap encoding, each once."""

    encoding: Encoding
    units: int
    count: int
    outside: str


def segments(text: str) -> Segments:
    """
    >>> segments("Tu pago llegó").encoding, segments("Tu señal está lista").outside, segments("año" * 54).count
    (<Encoding.UCS2: 'ucs2'>, 'á', 2)
    """
    outside = "".join(dict.fromkeys(letter for letter in text if letter not in BASIC and letter not in ESCAPED))
    if outside:
        sizes = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
        return Segments(Encoding.UCS2, sum(sizes), _count(sizes, alone=70, joined=67), outside)
    sizes = [2 if letter in ESCAPED else 1 for letter in text]
    return Segments(Encoding.GSM7, sum(sizes), _count(sizes, alone=160, joined=153), "")


def plain(text: str) -> str:
    """The same, with the letters that cost double exchanged for their nearest.

    >>> plain("Tu señal está lista…"), segments(plain("¿Ya pagó?")).encoding
    ('Tu señal esta lista.', <Encoding.GSM7: 'gsm7'>)
    """
    return text.translate(_PLAIN)


def lint(text: str, *, most: int) -> list[str]:
    """What to change before a template is used, in words for people. `most`: segments that are still fine."""
    found = segments(text)
    said = [f"No se debe decir {why}." for pattern, why in _FORBIDDEN if pattern.search(text)]
    if found.count > most:
        said.append(f"Son {found.count} mensajes y se cobran uno por uno: que quepa en {most}.")
    if found.outside:
        saved = segments(plain(text)).count
        if saved < found.count:
            said.append(
                f"Por {' '.join(found.outside)} caben 70 letras en vez de 160: sin ellas serían {saved} en vez de {found.count}."
            )
    return said


def _count(sizes: list[int], *, alone: int, joined: int) -> int:
    """A letter of two units is never torn apart, so a segment may stay one short."""
    if sum(sizes) <= alone:
        return 1 if sizes else 0
    count, filled = 1, 0
    for size in sizes:
        if filled + size > joined:
            count, filled = count + 1, 0
        filled += size
    return count
