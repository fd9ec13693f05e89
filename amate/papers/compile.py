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
MISSING = "□"
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
    if _warmed_by and os.getpid() not in _warmed_by:
        raise ForkedTooLate("a process forked after its parent printed: fork first, or start it fresh (spawn)")
    with _lock:
        _warmed_by.add(os.getpid())
        inputs = {**raw, "d": json.dumps(_printable(data), ensure_ascii=False)}
        made = _compiler(sheet).compile(sys_inputs=inputs, pdf_standards=STANDARDS)
    assert isinstance(made, bytes)  # a list would be one picture a page
    return made


@cache
def _compiler(sheet: str) -> typst.Compiler:
    return typst.Compiler(SHEETS / f"{sheet}.typ", root=SHEETS, font_paths=[FONTS], ignore_system_fonts=True)


def _printable(value: Any) -> Any:
    """The same tree with every text in characters that we have glyphs for: PDF/A refuses a document otherwise."""
    if isinstance(value, str):
        return "".join(c if c in SPANISH else _drawn(c) for c in unicodedata.normalize("NFC", value))
    if isinstance(value, Mapping):
        return {key: _printable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(inner) for inner in value]
    return value


@lru_cache(maxsize=4096)
def _drawn(character: str) -> str:
    """The character itself, a space, nothing (invisible marks, which could also turn a name around) or a box."""
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if category in ("Co", "Cn"):
        return MISSING
    try:
        _compiler("probe").compile(sys_inputs={"d": character}, pdf_standards=STANDARDS)
    except typst.TypstError:
        return MISSING
    return character
