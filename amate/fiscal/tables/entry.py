"""One key of a catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

CFDI_40 = date(2022, 1, 1)


@dataclass(frozen=True, slots=True)
class Entry:
    """`desde` and `hasta` are both inside the validity; `hasta` is None while the key is alive."""

    clave: str
    texto: str
    desde: date = CFDI_40
    hasta: date | None = None

    def is_valid(self, as_of: date) -> bool:
        return self.desde <= as_of and (self.hasta is None or as_of <= self.hasta)


E = TypeVar("E", bound=Entry)


def by_clave(entries: Iterable[E]) -> dict[str, E]:
    return {entry.clave: entry for entry in entries}
