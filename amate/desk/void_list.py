"""The list of voided folios as a file."""

from collections.abc import Sequence

from amate.desk.filters import At
from amate.desk.listing import Cell, Column
from amate.desk.make_file import sheet
from amate.invoices.voids import Void

NAME = "folios"
COLUMNS = (
    Column("Serie", Cell.TEXT, lambda row, at: row.serie, 12),
    Column("Del", Cell.NUMBER, lambda row, at: row.first, 12),
    Column("Al", Cell.NUMBER, lambda row, at: row.last, 12),
    Column("Cuántos", Cell.NUMBER, lambda row, at: row.count, 12),
    Column("Por qué", Cell.TEXT, lambda row, at: row.why, 30),
    Column("Pedida", Cell.MOMENT, lambda row, at: row.asked_at),
)


def void_sheet(found: Sequence[Void], *, kind: str, at: At) -> bytes:
    """`kind`: xlsx or csv."""
    return b"".join(sheet("Folios sin usar", COLUMNS, [found], at, kind=kind, tell=lambda rows: None))
