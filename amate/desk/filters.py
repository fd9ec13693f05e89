"""How a list is narrowed: a filter is described once, and the page, its chips, a saved view, an act on many rows and an
export all read that one description.

What is typed travels in the address. A value that cannot be meant narrows nothing and is answered with a sentence.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from amate.intake.cells import CellRefused, read_moment, read_number
from amate.papers.dates import MONTHS

LONGEST = 100
YEARS = range(2000, 2101)
MOST_PESOS = Decimal(10**12)


class Kind(Enum):
    """What may be typed, and what `narrow` is given: one of the choices (str), words (str), a `date`, or pesos (Decimal)."""

    CHOICE = "choice"
    WORDS = "words"
    DAY = "day"
    PESOS = "pesos"


@dataclass(frozen=True, slots=True)
class At:
    """When, where and for whom a list is read: its days are those of the company's zone."""

    now: datetime
    zone: ZoneInfo
    sees_codes: bool

    def start_of(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)

    def end_of(self, day: date) -> datetime:
        """The first instant that is no longer that day."""
        return self.start_of(day + timedelta(days=1))

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Filter:
    """`narrow(rows, value, at)` answers the narrowed queryset. `order`, given the value, names the column by which the
    narrowed list is shown and walked ("-sold_at"), so that its index serves; empty leaves the order of the list.
    `off(rows)` narrows when nothing was typed, which a list of choices calls `unchosen`.
    """

    name: str
    label: str
    kind: Kind
    narrow: Callable[[Any, Any, At], Any]
    choices: Callable[[], Iterable[tuple[str, str]]] = field(default=tuple)
    order: Callable[[Any], str] = field(default=lambda value: "")
    in_sight: bool = False
    off: Callable[[Any], Any] = field(default=lambda rows: rows)
    unchosen: str = "Todos"


class Wrong(ValueError):
    """The message is the sentence for the person."""


@dataclass(frozen=True, slots=True)
class On:
    """A filter that is on. `typed` goes into the address, `shown` is for people."""

    filter: Filter
    value: Any
    typed: str
    shown: str


@dataclass(frozen=True, slots=True)
class Field:
    """A filter as the form shows it: with its options and what was taken."""

    filter: Filter
    options: tuple[tuple[str, str], ...]
    on: On | None


def read_fields(filters: Iterable[Filter], said: Mapping[str, Any]) -> tuple[list[Field], list[str]]:
    """Every filter with what is taken of `said`, and a sentence for each value that was not."""
    fields, wrong = [], []
    for one in filters:
        options = tuple(one.choices())
        typed = str(said.get(one.name) or "").replace("\x00", "").strip()[:LONGEST]
        on = None
        try:
            on = _read(one, typed, options) if typed else None
        except Wrong as refused:
            wrong.append(str(refused))
        fields.append(Field(one, options, on))
    return fields, wrong


def day_in_words(day: date) -> str:
    """
    >>> day_in_words(date(2026, 11, 1))
    '1 nov 2026'
    """
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def _read(one: Filter, typed: str, options: tuple[tuple[str, str], ...]) -> On:
    if one.kind is Kind.CHOICE:
        if typed not in dict(options):
            raise Wrong(f"{one.label}: “{typed}” no es una de las opciones, así que no filtramos por eso.")
        return On(one, typed, typed, dict(options)[typed])
    if one.kind is Kind.DAY:
        day = _day(one, typed)
        return On(one, day, day.isoformat(), day_in_words(day))
    if one.kind is Kind.PESOS:
        pesos = _pesos(one, typed)
        return On(one, pesos, f"{pesos:f}", f"${pesos:,.2f}")
    return On(one, typed, typed, dict(options).get(typed, f"“{typed}”"))


def _day(one: Filter, typed: str) -> date:
    try:
        day = read_moment(typed).date()
    except CellRefused:
        raise Wrong(
            f"{one.label}: “{typed}” no es un día, así que no filtramos por eso. Escríbelo como 2026-11-21."
        ) from None
    if day.year not in YEARS:
        raise Wrong(f"{one.label}: el año {day.year} queda fuera de lo que guardamos, así que no filtramos por eso.")
    return day


def _pesos(one: Filter, typed: str) -> Decimal:
    try:
        pesos = read_number(typed)
    except CellRefused:
        raise Wrong(
            f"{one.label}: “{typed}” no es una cantidad, así que no filtramos por eso. Escríbela como 1,248.50."
        ) from None
    if not 0 <= pesos < MOST_PESOS:
        raise Wrong(f"{one.label}: “{typed}” queda fuera de lo que vale una venta, así que no filtramos por eso.")
    return pesos.quantize(Decimal("0.01"))
