"""A list: its rows, its filters, its columns; and one reading of it, as the address asks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum
from django.utils.http import urlencode

from amate.desk.filters import At, Field, Filter, On, read_fields

# Counting is bounded: what a page says of its list may not cost more because the list is long.
COUNTED = 1000


class Cell(Enum):
    TEXT = "text"
    PESOS = "pesos"
    MOMENT = "moment"
    DAY = "day"
    NUMBER = "number"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Column:
    """`value(row, at)`: str, Decimal, aware datetime, date or None, as `kind` says."""

    head: str
    kind: Cell
    value: Callable[[Any, At], Any]
    width: int = 18


@dataclass(frozen=True, slots=True)
class Listing:
    """`name` is in addresses and in saved views. `rows(at)` gives them all, unordered, with what rows need prefetched.
    `cents` or `pesos` names the column of money that may be summed, `moneda` that of its currency; `apart`: rows whose
    money other rows of the list say too."""

    name: str
    title: str
    one: str
    many: str
    filters: tuple[Filter, ...]
    rows: Callable[[At], Any]
    columns: tuple[Column, ...]
    cents: str = ""
    pesos: str = ""
    moneda: str = ""
    apart: Q | None = None
    order: str = "-id"


@dataclass(frozen=True, slots=True)
class Sums:
    """How many rows, and what those in pesos add up to; `foreign` are in another currency, and not in `pesos`."""

    count: int
    pesos: Decimal
    foreign: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One reading of a list. `wrong`: sentences for what was typed and could not be meant."""

    listing: Listing
    fields: list[Field]
    wrong: list[str]
    at: At

    @property
    def on(self) -> list[On]:
        return [one.on for one in self.fields if one.on]

    @property
    def typed(self) -> dict[str, str]:
        return {one.filter.name: one.typed for one in self.on}

    @property
    def query(self) -> str:
        """The address's part after the question mark: the same for the same filters, whatever the order they came in."""
        return urlencode(self.typed)

    def query_without(self, on: On) -> str:
        return urlencode({name: typed for name, typed in self.typed.items() if name != on.filter.name})

    @property
    def order(self) -> str:
        return next((order for one in self.on if (order := one.filter.order(one.value))), self.listing.order)

    def rows(self) -> Any:
        """All of them, unordered."""
        # Of a statement without any parameter PostgreSQL keeps one plan, whatever `plan_each_anew` says: that of the
        # company that asked first. So there is always one.
        rows = self.listing.rows(self.at).filter(pk__gt=0)
        for one in self.fields:
            rows = one.filter.narrow(rows, one.on.value, self.at) if one.on else one.filter.off(rows)
        return rows

    def sum_up(self, *, most: int) -> Sums:
        """Of the first `most` + 1 rows: a count above `most` says that there are more."""
        return sum_of(self.listing, self.rows().order_by(self.order)[: most + 1])


def read_list(listing: Listing, said: Mapping[str, Any], *, at: At) -> Asked:
    fields, wrong = read_fields(listing.filters, said)
    return Asked(listing, fields, wrong, at)


def sum_of(listing: Listing, rows: Any) -> Sums:
    money = listing.cents or listing.pesos
    asked: dict[str, Any] = {"count": Count("pk")}
    ours = Q(**{listing.moneda: "MXN"}) if listing.moneda else Q()
    summed = ours & ~listing.apart if listing.apart else ours
    if money:
        asked["money"] = Sum(money, filter=summed) if summed else Sum(money)
    if ours:
        asked["foreign"] = Count("pk", filter=~ours)
    found = rows.prefetch_related(None).aggregate(**asked)
    amount = Decimal(found.get("money") or 0)
    return Sums(found["count"], amount / 100 if listing.cents else amount, found.get("foreign", 0))


def plan_each_anew() -> None:
    """For the rest of the transaction. One statement of a list serves filters that keep a row in a million and filters
    that keep them all: a plan for any value would be wrong for most."""
    with connection.cursor() as c:
        c.execute("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
