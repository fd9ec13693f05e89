"""What each customer owed on a day, by how late it was: the sums are those of the ledger on that day (I10)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from amate.customers.models import Customer
from amate.ledger.queries import BUCKETS, OpenItem, open_items

ZERO = Decimal("0.00")
AT_ONCE = 5000


@dataclass(slots=True)
class CustomerAge:
    """`ages`: one amount for each of `ledger.queries.BUCKETS`, in their order."""

    customer_id: int
    number: int
    nombre: str
    rfc: str
    items: int = 0
    oldest_due: date = date.max
    ages: list[Decimal] = field(default_factory=lambda: [ZERO] * len(BUCKETS))

    @property
    def total(self) -> Decimal:
        return sum(self.ages, ZERO)


def ageing_by_customer(*, as_of: date) -> list[CustomerAge]:
    """Of all who owed something that day, who owes most of what is late first."""
    owed: dict[int, list[OpenItem]] = defaultdict(list)
    for one in open_items(as_of=as_of):
        owed[one.customer_id].append(one)
    found = []
    for pk, number, nombre, rfc in names_of(list(owed)):
        row = CustomerAge(pk, number, nombre, rfc)
        for one in owed[pk]:
            row.ages[place_of((as_of - one.due_on).days)] += one.left
            row.items += 1
            row.oldest_due = min(row.oldest_due, one.due_on)
        found.append(row)
    return sorted(found, key=lambda row: (-(row.total - row.ages[0]), -row.total, row.customer_id))


def place_of(late: int) -> int:
    """Which bucket, by days after the due day.

    >>> [place_of(days) for days in (-5, 0, 1, 30, 31, 60, 61, 90, 91, 900)]
    [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    """
    return 0 if late <= 0 else min((late - 1) // 30 + 1, 4)


def names_of(ids: list[int]) -> list[tuple[int, int, str, str]]:
    """(id, number, name, RFC)."""
    found: list[tuple[int, int, str, str]] = []
    for at in range(0, len(ids), AT_ONCE):
        rows = Customer.objects.filter(pk__in=ids[at : at + AT_ONCE])
        found += rows.values_list("pk", "number", "nombre", "rfc")
    return found
