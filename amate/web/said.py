"""What any room says to a person, in the language of his page.

The rooms speak Spanish and know of no other language; whoever draws a page says it through here. A whole sentence is found
in the catalogue (`amate/locale`); one with something put into it by its pattern in `sentences.py`, holes and all.
"""

import re
from functools import cache
from typing import Any

from django.utils.safestring import SafeData, mark_safe
from django.utils.translation import get_language, gettext

from amate.web.sentences import PATTERNS

ENGLISH = "en"
HOLE = re.compile(r"\{(\w+)\}")
# What a hole takes: figures, one word, or anything.
TAKES = {"n": r"[0-9.,]+", "m": r"[0-9.,]+", "folio": r"\S+", "other": r"\S+"}


def in_english() -> bool:
    return get_language() == ENGLISH


def said(text: Any) -> Any:
    """The same words when the page is in Spanish, and when nobody has put them into English: names, a shop's own words."""
    if not text or not in_english():
        return text
    spanish = str(text)
    told = _told(spanish)
    return mark_safe(told) if isinstance(text, SafeData) else told  # noqa: S308 as safe as it came


def _told(spanish: str) -> str:
    told = gettext(spanish) if spanish else ""
    if told != spanish or not spanish:
        return told
    for pattern, holes in _patterns():
        if found := holes.fullmatch(spanish):
            return gettext(pattern).format(**{name: _told(value) for name, value in found.groupdict().items()})
    return spanish


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [(pattern, _with_holes(pattern)) for pattern in PATTERNS]


def _with_holes(pattern: str) -> re.Pattern[str]:
    """
    >>> _with_holes("{n} horas").fullmatch("3 horas").groupdict()
    {'n': '3'}
    """
    bits = HOLE.split(pattern)
    drawn = [f"(?P<{bit}>{TAKES.get(bit, '.+')})" if at % 2 else re.escape(bit) for at, bit in enumerate(bits)]
    return re.compile("".join(drawn), re.DOTALL)
