"""The rows of a file, one after the other: its memory is one row, however long the file."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from amate.intake.formats import FileRefused, Format, hint_of

LONGEST_CELL = 1_000_000


class Row(NamedTuple):
    """`number` is the one that Excel shows at the left."""

    number: int
    cells: list[str]


def rows_of(file: BinaryIO, form: Format) -> Iterator[Row]:
    """Every row that is not empty. `file` is text already (`unpack`). Raises FileRefused for what cannot be read on."""
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(file, form.encoding, errors="replace", newline="")
    number = 0
    try:
        for number, cells in enumerate(csv.reader(_lines(text), delimiter=form.delimiter), start=1):
            if any(cells):
                yield Row(number, cells)
    except csv.Error as fault:
        raise FileRefused(
            f"No se pudo leer después del renglón {number}: hay unas comillas que se abren y no se cierran, "
            "o una celda demasiado larga"
        ) from fault
    finally:
        text.detach()


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """NUL has no place in a cell; `sep=;` is a word to Excel and not a row."""
    first = next(text, "")
    if not hint_of(first):
        yield first.removeprefix("\ufeff").replace("\x00", "")
    for line in text:
        yield line.replace("\x00", "") if "\x00" in line else line
