"""The SAT's metadata: a line for each CFDI, and whether it is cancelled. What the XML alone never says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

_LONGEST = 10_000
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_MONEY = re.compile(r"\$?([0-9,]{1,15}(?:\.[0-9]{1,6})?)")
_NEEDED = ("uuid", "rfcemisor", "estatus")


@dataclass(frozen=True, slots=True)
class Listed:
    """`tipo`: the first letter of its EfectoComprobante."""

    uuid: UUID
    emisor: str
    receptor: str
    nombre: str
    issued_on: date | None
    monto: Decimal | None
    tipo: str
    cancelled: bool
    cancelled_on: date | None


def listed_in(path: Path) -> Iterator[Listed | int]:
    """Each line, or the number of one that cannot be read."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        heads = [one.strip().lower() for one in file.readline(_LONGEST).split("~")]
        places = {name: place for place, name in enumerate(heads)}
        if not all(name in places for name in _NEEDED):
            yield 1
            return
        number = 1
        while line := file.readline(_LONGEST):
            number += 1
            if line.strip():
                yield _listed(line.rstrip("\r\n").split("~"), places) or number


def _listed(cells: list[str], places: dict[str, int]) -> Listed | None:
    def cell(name: str) -> str:
        place = places.get(name, -1)
        return cells[place].strip() if 0 <= place < len(cells) else ""

    estatus = cell("estatus").lower()
    if not _UUID.fullmatch(cell("uuid")) or estatus not in ("0", "1", "vigente", "cancelado"):
        return None
    money = _MONEY.fullmatch(cell("monto"))
    return Listed(
        uuid=UUID(cell("uuid")),
        emisor=cell("rfcemisor").upper(),
        receptor=cell("rfcreceptor").upper()[:13],
        nombre=cell("nombrereceptor").replace("\x00", "")[:300],
        issued_on=_day(cell("fechaemision")),
        monto=Decimal(money[1].replace(",", "")) if money else None,
        tipo=cell("efectocomprobante")[:1].upper(),
        cancelled=estatus in ("0", "cancelado"),
        cancelled_on=_day(cell("fechacancelacion")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
