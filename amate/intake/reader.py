"""What every kind of row is read with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from amate.fiscal.catalogs import Catalogs
from amate.intake.cells import tidy
from amate.intake.options import Options
from amate.intake.rows import Row


@dataclass(frozen=True, slots=True)
class Reader:
    """`places`: {field: place of its column}; `day`: the company's."""

    places: Mapping[str, int]
    options: Options
    catalogs: Catalogs
    day: date

    def cell(self, row: Row, field: str) -> str:
        """Empty if the file has no such column, or the row ends before it."""
        place = self.places.get(field)
        return tidy(row.cells[place]) if place is not None and place < len(row.cells) else ""
