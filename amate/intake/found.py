"""What reading rows gives: something good, or what is wrong with it and where."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from amate.companies.article import Article
from amate.self_invoicing.sale import Sale

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Wrong:
    """`column` is the label of a field, empty if it is about the row as a whole."""

    row: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Good(Generic[Thing]):
    """`row` is its first one, of `rows`."""

    row: int
    rows: int
    thing: Thing


@dataclass(frozen=True, slots=True)
class Bad:
    """Nothing of its `rows` comes in."""

    row: int
    rows: int
    errors: tuple[Wrong, ...]


@dataclass(frozen=True, slots=True)
class SaleAt:
    """A sale and the place (its number in the list of branches) where it was made."""

    sale: Sale
    branch: int


FoundSale = Good[SaleAt] | Bad
FoundArticle = Good[Article] | Bad


@dataclass(slots=True)
class Counts:
    """What a file holds. `new`, `repeated` and `bad` are things (sales, products), `rows` and `bad_rows` are rows;
    `total` is the pesos of the new ones and `credit` how many of them were sold on credit; `changed` are products that come in with other data;
    `padded`: customers whose postal code got back the zeros that Excel took."""

    rows: int = 0
    bad_rows: int = 0
    new: int = 0
    repeated: int = 0
    changed: int = 0
    bad: int = 0
    total: Decimal = Decimal(0)
    credit: int = 0
    padded: int = 0

    def as_json(self) -> dict[str, object]:
        return {
            "rows": self.rows,
            "bad_rows": self.bad_rows,
            "new": self.new,
            "repeated": self.repeated,
            "changed": self.changed,
            "bad": self.bad,
            "total": format(self.total, ".2f"),
            "credit": self.credit,
            "padded": self.padded,
        }
