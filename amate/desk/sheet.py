"""Rows as a file that a spreadsheet opens: numbers are numbers, days are days, and text is never a formula.

Neither kind ever holds more than one row: xlsxwriter writes each row to disk as it comes, CSV is written as it is read.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import IO, Any, Protocol
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from amate.desk.filters import At
from amate.desk.listing import Cell, Column

# What makes of a text a formula, when a spreadsheet opens a CSV.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
MARK = "\ufeff".encode()
MOST_ROWS = 1_048_575  # below the head, in one sheet of Excel
MOST_LETTERS = 32_767
FORMATS = {Cell.PESOS: "#,##0.00", Cell.MOMENT: "dd/mm/yyyy hh:mm", Cell.DAY: "dd/mm/yyyy", Cell.SHARE: "0.0%"}

Tell = Callable[[int], None]
Batches = Iterable[Sequence[Any]]


class Head(Protocol):
    """What a spreadsheet knows of a column; a `Column` of a list is one."""

    @property
    def head(self) -> str: ...
    @property
    def kind(self) -> Cell: ...
    @property
    def width(self) -> int: ...


def csv_of(columns: Sequence[Column], batches: Batches, at: At, *, tell: Tell) -> Iterator[bytes]:
    """UTF-8 with the mark by which Excel knows it. Moments as 2026-11-21 14:07 in the company's zone."""
    yield MARK
    yield line_of([one.head for one in columns])
    for number, rows in _counted(batches):
        yield b"".join(line_of(text_of(row, columns, at)) for row in rows)
        tell(number)


def write_xlsx(name: str, columns: Sequence[Column], batches: Batches, at: At, file: IO[bytes], *, tell: Tell) -> None:
    """One list. `name` stands on its tab."""
    book = Book(file, zone=at.zone)
    page = book.page(name, columns)
    for number, rows in _counted(batches):
        for row in rows:
            page.write(column.value(row, at) for column in columns)
        tell(number)
    book.close()


class Book:
    """A file of Excel as it grows, row by row."""

    def __init__(self, file: IO[bytes], *, zone: ZoneInfo) -> None:
        self.zone = zone
        self.book = xlsxwriter.Workbook(
            file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
        )
        self.bold = self.book.add_format({"bold": True, "bottom": 1})
        self.sums = {
            kind: self.book.add_format({"num_format": said, "bold": True, "top": 1}) for kind, said in FORMATS.items()
        }
        self.formats = {kind: self.book.add_format({"num_format": said}) for kind, said in FORMATS.items()}

    def page(self, name: str, columns: Sequence[Head]) -> "Page":
        return Page(self, name, columns)

    def close(self) -> None:
        self.book.close()


class Page:
    """A tab, and the next one where Excel ends."""

    def __init__(self, book: Book, name: str, columns: Sequence[Head]) -> None:
        self._book, self._name, self._columns = book, name, columns
        self._tabs = self._at = 0
        self._sheet: Any = None
        self._begin()

    def write(self, values: Iterable[Any]) -> None:
        """One row, in the order of the columns. Moments with a zone become Excel's own in the book's zone."""
        if self._at == MOST_ROWS:
            self._begin()
        self._at += 1
        for place, (column, value) in enumerate(zip(self._columns, values, strict=True)):
            self._write(place, column.kind, value)

    def add_up(self, totals: Sequence[Any]) -> None:
        """A last row of sums, as formulas where the rows are on this one tab. `totals`: what they are, None where nothing
        is summed; a reader that works nothing out finds them in the file too."""
        rows, self._at = self._at, self._at + 1
        for place, (column, total) in enumerate(zip(self._columns, totals, strict=True)):
            if total is None:
                continue
            if self._tabs > 1 or not rows:
                self._write(place, column.kind, total)
                continue
            first, last = xl_rowcol_to_cell(1, place), xl_rowcol_to_cell(rows, place)
            shown = self._book.sums.get(column.kind, self._book.bold)
            self._sheet.write_formula(self._at, place, f"=SUM({first}:{last})", shown, float(total))

    def _begin(self) -> None:
        self._tabs += 1
        self._at = 0
        self._sheet = self._book.book.add_worksheet(self._name + (f" ({self._tabs})" if self._tabs > 1 else ""))
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            self._sheet.set_column(place, place, column.width)
            self._sheet.write_string(0, place, column.head, self._book.bold)

    def _write(self, place: int, kind: Cell, value: Any) -> None:
        if value is None or value == "":
            return
        if kind is Cell.MOMENT:
            self._sheet.write_datetime(self._at, place, _local(value, self._book.zone), self._book.formats[kind])
        elif kind is Cell.DAY:
            self._sheet.write_datetime(self._at, place, datetime.combine(value, time()), self._book.formats[kind])
        elif kind in (Cell.PESOS, Cell.SHARE):
            self._sheet.write_number(self._at, place, float(value), self._book.formats[kind])
        elif kind is Cell.NUMBER:
            self._sheet.write_number(self._at, place, value)
        else:
            self._sheet.write_string(self._at, place, str(value)[:MOST_LETTERS])


def _counted(batches: Batches) -> Iterator[tuple[int, Sequence[Any]]]:
    number = 0
    for rows in batches:
        number += len(rows)
        yield number, rows


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """A cell has no zone: it holds what the clock on the wall says, to the second. A naive moment says it already."""
    local = moment.astimezone(zone) if moment.tzinfo else moment
    return local.replace(tzinfo=None, microsecond=0)


def text_of(row: Any, columns: Iterable[Column], at: At) -> list[str]:
    """The cells of one row of a CSV."""
    return [_said(one, one.value(row, at), at) for one in columns]


def _said(column: Column, value: Any, at: At) -> str:
    if value is None:
        return ""
    if column.kind is Cell.MOMENT:
        return f"{_local(value, at.zone):%Y-%m-%d %H:%M}"
    if column.kind is Cell.DAY:
        return str(value.isoformat())
    if column.kind is Cell.SHARE:
        return f"{value:.4f}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return inert(str(value))


def inert(text: str) -> str:
    """
    >>> inert("=HYPERLINK(1)"), inert("Café")
    ("'=HYPERLINK(1)", 'Café')
    """
    return f"'{text}" if text.startswith(FORMULAS) else text


def line_of(cells: list[str]) -> bytes:
    kept = io.StringIO()
    csv.writer(kept).writerow(cells)
    return kept.getvalue().encode()
