"""The sales note as text: for tills that print by themselves, in 32 or 42 columns, plain or with ESC/POS commands."""

import textwrap
from typing import Any

from amate.papers.compile import is_emoji
from amate.papers.note import Note, note_facts

COLUMNS = {"58": 32, "80": 42}
CP850 = "cp850"
# What the code page lacks, as people write it without.
PLAIN = str.maketrans(
    {"½": "1/2", "″": '"', "′": "'", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "•": "*",
     "−": "-", "\N{NO-BREAK SPACE}": " "}
)  # fmt: skip


def note_text(note: Note, *, paper: str, foot_note: str = "") -> str:
    """The whole note in lines of COLUMNS[paper]; the address of the QR stands in it as text, whole, even if it is longer.

    ValueError as `note_pdf`, KeyError for another paper.
    """
    return "\n".join([*_sale(note, COLUMNS[paper]), note.qr_url, *_billing(note, COLUMNS[paper], foot_note)]) + "\n"


def note_escpos(note: Note, *, paper: str, foot_note: str = "") -> bytes:
    """The bytes for a receipt printer: code page 850, the QR drawn by the printer itself, and the cut."""
    width = COLUMNS[paper]
    before = "\n".join(_sale(note, width))
    after = "\n".join(_billing(note, width, foot_note))
    centre, left = b"\x1ba\x01", b"\x1ba\x00"
    start = b"\x1b@\x1bt\x02"  # reset; code page 850
    cut = b"\n\n\n\x1dV\x42\x00"
    return start + in_cp850(before) + b"\n" + centre + _qr(note.qr_url) + left + b"\n" + in_cp850(after) + cut


def in_cp850(text: str) -> bytes:
    """Every character has a place or a question mark, and emoji none: a printer must not stop at a name."""
    plain = "".join(c for c in text.translate(PLAIN) if not is_emoji(c))
    return plain.encode(CP850, errors="replace")


def _sale(note: Note, width: int) -> list[str]:
    facts = note_facts(note)
    head = [facts["shop"], *facts["head"]]
    return [
        *(row.center(width).rstrip() for text in head for row in _wrapped(text, width)),
        "-" * width,
        *_row("Nota de remisión", facts["folio"], width),
        *(row for name, value in facts["facts"] for row in _row(name, value, width)),
        "-" * width,
        *(row for line in facts["lines"] for row in _line(line, width)),
        "-" * width,
        *(row for name, value in facts["sums"] for row in _row(name, value, width)),
        *_row("TOTAL", facts["total"], width),
        "-" * width,
        *_centred("¿Necesitas factura?", width),
        *_centred("Escanea el código o entra a:", width),
        *_centred(facts["site"], width),
    ]


def _billing(note: Note, width: int, foot_note: str) -> list[str]:
    facts = note_facts(note)
    return [
        "",
        *_centred("Código de facturación", width),
        *_centred(facts["code"], width),
        *_centred(f"Factura hasta el {facts['deadline']} ({facts['zone']})", width),
        *(_centred(facts["rule"], width) if facts["rule"] else []),
        "",
        *_centred(facts["not_fiscal"], width),
        *(_centred(foot_note, width) if foot_note else []),
    ]


def _line(line: dict[str, Any], width: int) -> list[str]:
    return [
        *_wrapped(line["descripcion"], width),
        *_row(f"  {line['cantidad']} x {line['precio']}", line["importe"], width),
    ]


def _row(name: str, value: str, width: int) -> list[str]:
    """Name at the left, value at the right; below it when both do not fit."""
    if len(name) + 1 + len(value) <= width:
        return [name + value.rjust(width - len(name))]
    return [*_wrapped(name, width), *(row.rjust(width) for row in _wrapped(value, width))]


def _centred(text: str, width: int) -> list[str]:
    return [row.center(width).rstrip() for row in _wrapped(text, width)]


def _wrapped(text: str, width: int) -> list[str]:
    """Control characters never reach a printer: they would be commands."""
    clean = "".join(c if c.isprintable() else " " for c in text)
    return textwrap.wrap(clean, width, break_on_hyphens=False) or [""]


def _qr(url: str) -> bytes:
    """ESC/POS `GS ( k`: model 2, modules of 6 dots, error correction M."""
    data = url.encode()

    def command(function: bytes, content: bytes) -> bytes:
        size = len(content) + 2
        return b"\x1d(k" + bytes([size % 256, size // 256]) + b"1" + function + content

    return (
        command(b"A", b"2\x00")
        + command(b"C", b"\x06")
        + command(b"E", b"1")
        + command(b"P", b"0" + data)
        + command(b"Q", b"0")
    )
