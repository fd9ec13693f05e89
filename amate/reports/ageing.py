"""What each customer owed on a day, by how late it was: the sums are those of the ledger on that day (I10)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from amate.customers.models import Customer
from amate.ledger.queries import ageing_of_each

AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class CustomerAge:
    """`ages`: one amount for each of `ledger.queries.BUCKETS`, in their order."""

    customer_id: int
    number: int
    nombre: str
    rfc: str
    items: int
    oldest_due: date
    ages: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.ages, Decimal("0.00"))


def ageing_by_customer(*, as_of: date) -> list[CustomerAge]:
    """Of all who owed something that day, who owes most of what is late first. PostgreSQL adds up: a row each comes here."""
    found = ageing_of_each(as_of=as_of)
    names = {row[0]: row for row in names_of([one.customer_id for one in found])}
    return [CustomerAge(*names[one.customer_id], one.items, one.oldest_due, one.ages) for one in found]


def names_of(ids: list[int]) -> list[tuple[int, int, str, str]]:
    """(id, number, name, RFC)."""
    found: list[tuple[int, int, str, str]] = []
    for at in range(0, len(ids), AT_ONCE):
        rows = Customer.objects.filter(pk__in=ids[at : at + AT_ONCE])
        found += rows.values_list("pk", "number", "nombre", "rfc")
    return found
