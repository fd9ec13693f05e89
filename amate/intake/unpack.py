"""A workbook becomes CSV, in a process of its own: calamine holds a whole sheet, and a hostile workbook much more.

`python -m amate.intake.unpack book.xlsx out.csv [sheet]` prints the names of its sheets and the one it took, as JSON.
"""

import csv
import json
import resource
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from amate.intake.formats import FileRefused

MEMORY = 1_500_000_000
SECONDS = 120
BAD_BOOK = 3
LONGEST_CELL = 32_767  # letters, of Excel itself
TOO_LONG = (
    "El renglón {number:,} tiene una celda de {longest:,} letras y en una celda de Excel caben 32,767: bórrala y sube el "
    "libro otra vez"
)


def unpack(book: Path, out: Path, *, sheet: str = "") -> tuple[list[str], str]:
    """Write a sheet (the first visible one with rows) as CSV in UTF-8. Answers (sheets, the one taken).

    Raises FileRefused for a workbook that is locked, broken, empty or far too large.
    """
    command = [sys.executable, "-m", __name__, str(book), str(out), sheet]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)  # noqa: S603  our own module
    except subprocess.TimeoutExpired:
        raise FileRefused("El libro tarda demasiado en abrirse: divídelo o guárdalo como CSV") from None
    if done.returncode == 0:
        told = json.loads(done.stdout)
        return told["sheets"], told["sheet"]
    if done.returncode == BAD_BOOK:
        raise FileRefused(done.stdout.strip())
    if done.returncode < 0 or "MemoryError" in done.stderr or "memory allocation" in done.stderr:
        raise FileRefused("El libro es demasiado grande para abrirlo: divídelo o guárdalo como CSV")
    raise RuntimeError(f"unpack ended with {done.returncode}: {done.stderr[-2000:]}")


def cell_text(value: Any) -> str:
    """A typed cell as text: what was typed, dates in ISO, whole numbers without `.0`.

    >>> cell_text(164.0), cell_text(0.1 + 0.2), cell_text(1.5e16), cell_text(datetime(2026, 11, 21))
    ('164', '0.3', '1.5e+16', '2026-11-21')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "VERDADERO" if value else "FALSO"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.replace(microsecond=0).isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _number_text(value: float) -> str:
    """At most 15 significant digits, as Excel shows it: 0.1 + 0.2 is 0.3 there."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return format(value, ".15g") if 1e-6 <= abs(value) < 1e15 else repr(value)


def _write(book: str, out: str, sheet: str) -> dict[str, Any]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    opened = CalamineWorkbook.from_path(book)
    shown = [
        one.name
        for one in opened.sheets_metadata
        if one.visible == SheetVisibleEnum.Visible and one.typ == SheetTypeEnum.WorkSheet
    ]
    if sheet and sheet not in shown:
        raise FileRefused(f"El libro no tiene una hoja “{sheet}”")
    for name in [sheet] if sheet else shown:
        found = opened.get_sheet_by_name(name)
        if found.height:
            break
    else:
        raise FileRefused("El libro no tiene ninguna hoja con datos")
    with Path(out).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        # Rows before the first one with data: the numbers told to people are those that Excel shows.
        writer.writerows([] for _ in range(found.start[0] if found.start else 0))
        for number, row in enumerate(found.iter_rows(), start=(found.start[0] if found.start else 0) + 1):
            cells = [cell_text(value) for value in row]
            longest = max(map(len, cells), default=0)
            if longest > LONGEST_CELL:
                raise FileRefused(TOO_LONG.format(number=number, longest=longest))
            writer.writerow(cells)
    return {"sheets": shown, "sheet": name}


def _main(book: str, out: str, sheet: str = "") -> int:
    from python_calamine import CalamineError, PasswordError

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        told = json.dumps(_write(book, out, sheet))
    except FileRefused as refused:
        told, code = refused.message, BAD_BOOK
    except PasswordError:
        told, code = "El libro tiene contraseña: guárdalo sin ella y vuelve a subirlo", BAD_BOOK
    except CalamineError:
        told, code = "El libro está dañado o no es de Excel: ábrelo y guárdalo otra vez como XLSX", BAD_BOOK
    else:
        code = 0
    sys.stdout.write(told)
    return code


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
