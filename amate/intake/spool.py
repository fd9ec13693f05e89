"""A batch's file on disk, for as long as it is read: bytes go from the database to it piece by piece."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.db import connection

from amate.intake.formats import Format, format_of
from amate.intake.models import Batch
from amate.intake.rows import Row, rows_of
from amate.intake.unpack import unpack

START = 65_536


@dataclass(slots=True)
class Spool:
    """The text of the file, opened anew for each walk through it. `sheets`, `sheet`: of a workbook."""

    path: Path
    form: Format
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""
    tell: Callable[[int], None] | None = None

    def rows(self) -> Iterator[Row]:
        """Every row; every thousandth tells how much of 100 is read. Raises FileRefused."""
        size = max(self.path.stat().st_size, 1)
        with self.path.open("rb") as file:
            for place, row in enumerate(rows_of(file, self.form)):
                if self.tell and place % 1000 == 999:
                    self.tell(min(_at(file) * 100 // size, 99))
                yield row


@contextmanager
def spooled(batch: Batch, *, tell: Callable[[int], None] | None = None) -> Iterator[Spool]:
    """Raises FileRefused for a file that is no table."""
    with raw_file(batch) as raw, spooled_from(raw, is_utf8=batch.is_utf8, sheet=batch.sheet, tell=tell) as spool:
        yield spool


@contextmanager
def raw_file(batch: Batch) -> Iterator[Path]:
    """Its bytes as they came."""
    with tempfile.TemporaryDirectory(prefix="amate-intake-") as folder:
        raw = Path(folder) / "raw"
        with raw.open("wb") as file:
            for content in _pieces(batch):
                file.write(content)
        yield raw


@contextmanager
def spooled_from(
    path: Path, *, is_utf8: bool, sheet: str = "", tell: Callable[[int], None] | None = None
) -> Iterator[Spool]:
    """The same of a file that lies on disk already. Raises FileRefused."""
    with path.open("rb") as file:
        form = format_of(file.read(START), is_utf8=is_utf8)
    if form.kind == "csv":
        yield Spool(path, form, tell=tell)
        return
    with tempfile.TemporaryDirectory(prefix="amate-intake-") as folder:
        text = Path(folder) / "text"
        sheets, sheet = unpack(path, text, sheet=sheet)
        yield Spool(text, Format("csv"), sheets, sheet, tell=tell)


def _pieces(batch: Batch) -> Iterator[bytes]:
    number = 0
    while True:
        with connection.cursor() as c:
            c.execute("SELECT content FROM intake_piece WHERE batch_id = %s AND number = %s", [batch.pk, number])
            found = c.fetchone()
        if found is None:
            return
        yield bytes(found[0])
        number += 1


def _at(file: BinaryIO) -> int:
    return file.tell()
