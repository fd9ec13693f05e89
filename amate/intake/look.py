"""The head of a file: where its columns are named, what they are called, and a few rows to recognise them by."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from amate.intake.columns import head_names, known_words, places_of
from amate.intake.formats import FileRefused
from amate.intake.rows import Row

DEEPEST = 20
SAMPLES = 5
SAMPLED = 100


@dataclass(frozen=True, slots=True)
class Look:
    """`head` is the number of the row with the names; `samples` are some cells of the first rows below it."""

    head: int
    names: list[str]
    samples: list[list[str]]
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""
    comma: bool = False
    month_first: bool = False

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Look":
        return cls(**kept)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def look_at(kind: str, rows: Iterable[Row], *, sheets: list[str], sheet: str) -> Look:
    """From the first rows of a file. Raises FileRefused if nothing there is a table."""
    first = list(islice(rows, DEEPEST + SAMPLED))
    top = [row for row in first if row.number <= DEEPEST] or first[:DEEPEST]
    if not top:
        raise FileRefused("El archivo no tiene ningún renglón con datos")
    head = max(top, key=lambda row: (known_words(kind, row.cells), _filled(row) > 1, -row.number))
    if _filled(head) < 2:
        raise FileRefused("El archivo tiene una sola columna: expórtalo con columnas separadas, en XLSX o CSV")
    below = [row.cells for row in first if row.number > head.number]
    if not below:
        raise FileRefused("El archivo tiene encabezados, pero ningún renglón debajo de ellos")
    width = min(max(len(cells) for cells in (head.cells, *below)), 200)
    padded = [*head.cells, *[""] * width][:width]
    return Look(
        head=head.number,
        names=head_names(padded),
        samples=[[cell[:60] for cell in cells[:width]] for cells in below[:SAMPLES]],
        sheets=sheets,
        sheet=sheet,
        comma=_comma(below),
        month_first=_month_first(below),
    )


def places_in(look: Look, mapping: Mapping[str, str]) -> dict[str, int]:
    return places_of(mapping, look.names)


def _filled(row: Row) -> int:
    return sum(bool(cell.strip()) for cell in row.cells)


def _comma(rows: list[list[str]]) -> bool:
    """Whether some cell can only be a number if the comma marks its decimals, and none if the point does."""
    cells = [cell.strip().lstrip("$ ") for row in rows for cell in row]
    by_comma = sum(bool(re.fullmatch(r"\d+,\d{1,2}|\d{1,3}(\.\d{3})+,\d+", cell)) for cell in cells)
    by_point = sum(bool(re.fullmatch(r"\d+\.\d{1,2}|\d{1,3}(,\d{3})+\.\d+", cell)) for cell in cells)
    return by_comma > by_point


def _month_first(rows: list[list[str]]) -> bool:
    pairs = [re.match(r"(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}\b", cell.strip()) for row in rows for cell in row]
    found = [(int(one[1]), int(one[2])) for one in pairs if one]
    return any(second > 12 for _, second in found) and not any(first > 12 for first, _ in found)
