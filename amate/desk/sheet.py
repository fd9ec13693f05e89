"""A list as a file that a spreadsheet opens: numbers are numbers, days are days, and text is never a formula.

Neither kind ever holds more than one row: xlsxwriter writes each row to disk as it comes, CSV is written as it is read.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from amate.desk.filters import At
from amate.desk.listing import Asked, Cell, Column
from amate.desk.walk import walk

# What makes of a text a formula, when a spreadsheet opens a CSV.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
MOST_ROWS = 1_048_575  # below the head, in one sheet of Excel
MOST_LETTERS = 32_767
FORMATS = {Cell.PESOS: "#,##0.00", Cell.MOMENT: "dd/mm/yyyy hh:mm"}


Tell = Callable[[int], None]


def csv_of(asked: Asked, *, tell: Tell) -> Iterator[bytes]:
    """UTF-8 with the mark by which Excel knows it. Moments as 2026-11-21 14:07 in the company's zone."""
    yield "\ufeff".encode()
    columns = asked.listing.columns
    yield _line([one.head for one in columns])
    for number, rows in _counted(asked):
        text = "".join(_text(row, columns, asked.at) for row in rows)
        yield text.encode()
        tell(number)


def write_xlsx(asked: Asked, file: IO[bytes], *, tell: Tell) -> None:
    """Moments are Excel's own, in the company's zone."""
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    )
    head = book.add_format({"bold": True, "bottom": 1})
    formats = {kind: book.add_format({"num_format": said}) for kind, said in FORMATS.items()}
    columns = asked.listing.columns
    page, at = _page(book, asked, head, 1), 0
    for number, rows in _counted(asked):
        for row in rows:
            if at == MOST_ROWS:
                page, at = _page(book, asked, head, len(book.worksheets()) + 1), 0
            at += 1
            for place, column in enumerate(columns):
                _write(page, at, place, column, column.value(row, asked.at), asked.at, formats)
        tell(number)
    book.close()


def _counted(asked: Asked) -> Iterator[tuple[int, list[Any]]]:
    number = 0
    for rows in walk(asked):
        number += len(rows)
        yield number, rows


def _page(book: Any, asked: Asked, head: Any, number: int) -> Any:
    page = book.add_worksheet(asked.listing.many.capitalize() + (f" ({number})" if number > 1 else ""))
    page.freeze_panes(1, 0)
    for place, column in enumerate(asked.listing.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.head, head)
    return page


def _write(page: Any, at: int, place: int, column: Column, value: Any, read_at: At, formats: Any) -> None:
    if value is None or value == "":
        return
    if column.kind is Cell.MOMENT:
        page.write_datetime(at, place, _local(value, read_at), formats[Cell.MOMENT])
    elif column.kind is Cell.PESOS:
        page.write_number(at, place, float(value), formats[Cell.PESOS])
    elif column.kind is Cell.NUMBER:
        page.write_number(at, place, value)
    else:
        page.write_string(at, place, str(value)[:MOST_LETTERS])


def _local(moment: datetime, at: At) -> datetime:
    """A cell has no zone: it holds what the clock on the wall says, to the second."""
    return moment.astimezone(at.zone).replace(tzinfo=None, microsecond=0)


def _text(row: Any, columns: Iterable[Column], at: At) -> str:
    return _line([_said(one, one.value(row, at), at) for one in columns]).decode()


def _said(column: Column, value: Any, at: At) -> str:
    if value is None:
        return ""
    if column.kind is Cell.MOMENT:
        return f"{_local(value, at):%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return inert(str(value))


def inert(text: str) -> str:
    """
    >>> inert("=HYPERLINK(1)"), inert("Café")
    ("'=HYPERLINK(1)", 'Café')
    """
    return f"'{text}" if text.startswith(FORMULAS) else text


def _line(cells: list[str]) -> bytes:
    kept = io.StringIO()
    csv.writer(kept).writerow(cells)
    return kept.getvalue().encode()
