"""Typst, kept warm: one compiler a sheet and process. Only our fonts and those inside Typst, no packages, no network."""

import json
import os
import threading
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent
SHEETS = HERE / "sheets"
FONTS = HERE / "fonts"
STANDARDS: "list[typst.PDFStandard]" = ["a-3a", "ua-1"]  # the type exists only in the stub
SCREEN = 110  # pixels an inch of a picture
MISSING = "□"
_OF_EMOJI = frozenset("\ufe0e\ufe0f\u20e3" + "".join(map(chr, range(0x1F3FB, 0x1F400))))  # how the one before looks
# What Spanish papers are written with and our fonts are known to hold: never probed.
SPANISH = frozenset(
    "".join(map(chr, range(0x20, 0x7F)))
    + "¡©ª«®°·º»½¿ÁÉÍÑÓÚÜ×áéíñóúü‐–—―‘’‚“”„•…′″€←↑→↓↗−✓"
    + "\N{NO-BREAK SPACE}"
    + MISSING
)

# A Typst compiler is not to be entered twice at once; papers are short, so one lock for all is enough.
_lock = threading.Lock()
# Typst's threads do not survive a fork, and a child of a process that has printed would wait for them for ever.
_warmed_by: set[int] = set()


class ForkedTooLate(RuntimeError):
    """This process was forked from one that had already printed, so it never can."""


def to_pdf(*, sheet: str, data: Mapping[str, Any], raw: Mapping[str, str]) -> bytes:
    """Set `sheets/{sheet}.typ` as a tagged PDF/A-3 (a-3a and ua-1).

    `data` reaches the sheet as JSON in `sys.inputs.d`; its texts are made printable first, so no character of a
    customer can stop a paper. `raw` reaches it untouched, key by key (SVG, the XML to attach). Equal input gives equal
    bytes. Raises `ForkedTooLate`; a `typst.TypstError` is a defect of a sheet.
    """
    made = _compiled(sheet, data, raw, pdf_standards=STANDARDS)
    assert isinstance(made, bytes)  # a list would be one picture a page
    return made


def to_pictures(*, sheet: str, data: Mapping[str, Any], raw: Mapping[str, str]) -> list[bytes]:
    """A PNG of every page, to be looked at on a screen. Arguments and errors as of `to_pdf`."""
    made = _compiled(sheet, data, raw, format="png", ppi=SCREEN)
    return made if isinstance(made, list) else [made]


def _compiled(sheet: str, data: Mapping[str, Any], raw: Mapping[str, str], **how: Any) -> Any:
    if _warmed_by and os.getpid() not in _warmed_by:
        raise ForkedTooLate("a process forked after its parent printed: fork first, or start it fresh (spawn)")
    with _lock:
        _warmed_by.add(os.getpid())
        inputs = {**raw, "d": json.dumps(_printable(data), ensure_ascii=False)}
        return _compiler(sheet).compile(sys_inputs=inputs, **how)


@cache
def _compiler(sheet: str) -> typst.Compiler:
    return typst.Compiler(SHEETS / f"{sheet}.typ", root=SHEETS, font_paths=[FONTS], ignore_system_fonts=True)


def _printable(value: Any) -> Any:
    """The same tree with every text in characters that we have glyphs for: PDF/A refuses a document otherwise."""
    if isinstance(value, str):
        return _written(unicodedata.normalize("NFC", value))
    if isinstance(value, Mapping):
        return {key: _printable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(inner) for inner in value]
    return value


def is_emoji(character: str) -> bool:
    return character in _OF_EMOJI or "\U0001f000" <= character <= "\U0001faff"


def _written(text: str) -> str:
    """Emoji are left out with the room they took; the XML keeps them. A text of nothing else says that it was one."""
    made = "".join(c if c in SPANISH else _drawn(c) for c in text)
    if len(made) == len(text):
        return made
    bare = " ".join(word for word in made.split(" ") if word)
    return bare or ("(símbolo)" if text.strip() else made)


@lru_cache(maxsize=4096)
def _drawn(character: str) -> str:
    """The character itself, a space, nothing (emoji, and invisible marks, which could also turn a name around) or a box."""
    category = unicodedata.category(character)
    if category == "Cf" or is_emoji(character):
        return ""
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if category in ("Co", "Cn"):
        return MISSING
    try:
        _compiler("probe").compile(sys_inputs={"d": character}, pdf_standards=STANDARDS)
    except typst.TypstError:
        return "" if category == "So" else MISSING
    return character
