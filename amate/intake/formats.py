"""What kind of file it is, in which letters it is written and what parts its columns. From its first bytes only."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

DELIMITERS = (";", ",", "\t", "|")
TABLES = {"xlsx", "xls"}
_HINT = re.compile(r"^\ufeff?sep=(.)\r?\n")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class FileRefused(ValueError):
    """The file as a whole cannot be read. The message is for people and says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Format:
    """`delimiter` and `encoding` are of text; a workbook is turned into text before it is read."""

    kind: str
    encoding: str = "utf-8"
    delimiter: str = ","


def format_of(start: bytes, *, is_utf8: bool) -> Format:
    """From the first bytes of a file. `is_utf8`: whether all of it decodes as UTF-8. Raises FileRefused."""
    kind = _kind(start)
    if kind in TABLES:
        return Format(kind)
    encoding = _encoding(start, is_utf8=is_utf8)
    text = start.decode(encoding, errors="ignore").replace("\x00", "")
    return Format("csv", encoding, _delimiter(text))


def hint_of(first_line: str) -> str | None:
    """The delimiter that Excel was told in a first line of its own: `sep=;`."""
    found = _HINT.match(first_line)
    return found[1] if found else None


def _kind(start: bytes) -> str:
    if not start.strip(b"\x00\r\n\t "):
        raise FileRefused("El archivo está vacío")
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    if start.startswith(b"%PDF"):
        raise FileRefused("Es un PDF: pide a tu sistema el reporte en Excel o en CSV")
    bare = start.removeprefix(codecs.BOM_UTF8).lstrip()[:15].lower()
    if bare.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise FileRefused(
            "Es una página web con nombre de Excel: ábrelo en Excel, elige “Guardar como” y guárdalo como XLSX"
        )
    return "csv"


def _encoding(start: bytes, *, is_utf8: bool) -> str:
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    # Half of the bytes of plain text in UTF-16 are NUL, all on the same side.
    pairs = len(start) // 2
    if pairs and start[1::2].count(0) > pairs * 0.6:
        return "utf-16-le"
    if pairs and start[0::2].count(0) > pairs * 0.6:
        return "utf-16-be"
    if is_utf8:
        return "utf-8"
    # Five bytes have no place in cp1252; Python's latin-1 takes every byte.
    return "latin-1" if re.search(rb"[\x81\x8d\x8f\x90\x9d]", start) else "cp1252"


def _delimiter(text: str) -> str:
    hint = hint_of(text)
    if hint:
        return hint
    lines = [line for line in text.splitlines()[:30] if line.strip()]
    return max(DELIMITERS, key=lambda one: _columns(lines, one))


def _columns(lines: Sequence[str], delimiter: str) -> tuple[int, int]:
    """In how many lines it makes the same number of columns, more than one; and how many columns."""
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return (0, 0)
    many = {width: times for width, times in widths.items() if width > 1}
    if not many:
        return (0, 0)
    width = max(many, key=lambda one: (many[one], one))
    return many[width], width
