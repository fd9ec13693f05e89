"""Walking a list from one row to the next: never by counting, whatever the order (FACE PAT-5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import F
from django.db.models.fields.tuple_lookups import (  # type: ignore[import-not-found,unused-ignore]
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
)

from amate.desk.listing import Asked

MOST = 2**63 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_TIME = 253_402_300_799_000_000  # microseconds: the end of the year 9999
AT_ONCE = 2000
DAYS = ("due_on", "paid_on", "next_on")


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows, and the mark after which the next ones come; empty at the end."""

    rows: list[Any]
    after: str


def part_of(asked: Asked, *, after: str, size: int) -> Part:
    """`after` is a mark that an earlier part gave; one that is of another order, or none of ours, starts anew."""
    column = asked.order.lstrip("-")
    falling = asked.order.startswith("-")
    rows = asked.rows()
    if column != "id":
        rows = rows.annotate(place=F(column))
    mark = _read(after, with_place=column != "id")
    if mark:
        rows = _beyond(rows, asked, column, mark, falling=falling)
    # A claim belongs to one ticket: where its id is the order, there are no ties.
    tie = [] if column in ("id", "claims__id") else ["-id" if falling else "id"]
    found = list(rows.order_by(asked.order, *tie)[: size + 1])
    more = len(found) > size
    return Part(found[:size], _mark(found[size - 1], with_place=column != "id") if more else "")


def walk(asked: Asked) -> Iterator[list[Any]]:
    """All of the list, some thousand rows at a time."""
    after = ""
    while True:
        part = part_of(asked, after=after, size=AT_ONCE)
        if part.rows:
            yield part.rows
        if not part.after:
            return
        after = part.after


def _beyond(rows: Any, asked: Asked, column: str, mark: tuple[int, int], *, falling: bool) -> Any:
    place, pk = mark
    if column == "id":
        return rows.filter(pk__lt=pk) if falling else rows.filter(pk__gt=pk)
    if column == "claims__id":
        return rows.filter(place__lt=place)
    value: Any = place
    if column in ("sold_at", "deadline", "created_at", "asked_at", "at"):
        value = EPOCH + timedelta(microseconds=place)
    elif column in DAYS:
        value = date.fromordinal(min(max(place, 1), date.max.toordinal()))
    beyond = TupleLessThan if falling else TupleGreaterThan
    return rows.filter(beyond(Tuple(F(column), F("id")), (value, pk)))


def _mark(row: Any, *, with_place: bool) -> str:
    if not with_place:
        return str(row.pk)
    place = row.place
    if isinstance(place, datetime):
        place = (place - EPOCH) // timedelta(microseconds=1)
    elif isinstance(place, date):
        place = place.toordinal()
    return f"{place}.{row.pk}"


def _read(after: str, *, with_place: bool) -> tuple[int, int] | None:
    """
    >>> _read("123.7", with_place=True), _read("7", with_place=False), _read("7", with_place=True), _read("x", with_place=False)
    ((123, 7), (0, 7), None, None)
    """
    place, dot, pk = after.rpartition(".")
    if bool(dot) != with_place:
        return None
    numbers = [one for one in (place or "0", pk) if one.isascii() and one.isdecimal() and len(one) < 20]
    if len(numbers) != 2:
        return None
    first, second = int(numbers[0]), int(numbers[1])
    return (first, second) if 0 < second <= MOST and first <= LONGEST_TIME else None
