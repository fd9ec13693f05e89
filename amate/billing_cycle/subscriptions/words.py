"""Words in the text of a concept that each period fills in: "Internet de {mes}" says "Internet de noviembre"."""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from amate.papers.dates import MONTHS

WORD = re.compile(r"\{([^{}]*)\}")
# Whoever writes "Internet de {periodo}" does not see that a period begins with "del" or "el".
TWICE = re.compile(r"\b(d)e d?el (?=[0-9])")


class UnknownWord(ValueError):
    """The text names a word that we do not fill in, or leaves a brace open. The message (Spanish) lists those there are."""


def _month(day: date) -> str:
    return MONTHS[day.month - 1]


def in_words(start: date, end: date) -> str:
    """The period [start, end), the last day included as people say it.

    >>> in_words(date(2026, 11, 15), date(2026, 12, 15))
    'del 15 de noviembre al 14 de diciembre de 2026'
    >>> in_words(date(2026, 12, 15), date(2027, 1, 15))
    'del 15 de diciembre de 2026 al 14 de enero de 2027'
    >>> in_words(date(2026, 12, 1), date(2027, 1, 1))
    'del 1 al 31 de diciembre de 2026'
    """
    last = end - timedelta(days=1)
    until = f"{last.day} de {_month(last)} de {last.year}"
    if start == last:
        return f"el {until}"
    if start.year != last.year:
        return f"del {start.day} de {_month(start)} de {start.year} al {until}"
    if start.month != last.month:
        return f"del {start.day} de {_month(start)} al {until}"
    return f"del {start.day} al {until}"


# "año" is written with its ñ, and without it by whoever has no such key.
WORDS: dict[str, Callable[[date, date], str]] = {
    "mes": lambda start, end: _month(start),
    "mes anterior": lambda start, end: _month(start.replace(day=1) - timedelta(days=1)),
    "mes siguiente": lambda start, end: _month(start.replace(day=28) + timedelta(days=4)),
    "año": lambda start, end: str(start.year),
    "ano": lambda start, end: str(start.year),
    "periodo": in_words,
}


def check(text: str) -> None:
    """Raises UnknownWord: better now than on the invoices of a month."""
    for said in WORD.findall(text):
        if _plain(said) not in WORDS:
            known = ", ".join("{" + word + "}" for word in WORDS if word != "ano")
            raise UnknownWord(f"No existe {{{said}}}: puedes usar {known}")
    if any(brace in WORD.sub("", text) for brace in "{}"):
        raise UnknownWord("Falta cerrar una llave: escribe por ejemplo {mes}")


def fill(text: str, *, start: date, end: date) -> str:
    """The text of the period [start, end). Raises UnknownWord.

    >>> fill("Renta de {mes} de {año}", start=date(2026, 11, 1), end=date(2026, 12, 1))
    'Renta de noviembre de 2026'
    >>> fill("Internet de {periodo}", start=date(2026, 12, 1), end=date(2027, 1, 1))
    'Internet del 1 al 31 de diciembre de 2026'
    """
    check(text)
    filled = WORD.sub(lambda found: WORDS[_plain(found[1])](start, end), text)
    return TWICE.sub(r"\1el ", filled)


def preview(text: str, spans: Iterable[tuple[date, date]]) -> list[str]:
    """What it will say of each, for whoever writes it."""
    return [fill(text, start=start, end=end) for start, end in spans]


def _plain(word: str) -> str:
    return " ".join(word.replace("_", " ").lower().split())
