"""Who owes most for longest, and who pays on time."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from amate.ledger.queries import best_payers, top_debtors
from amate.reports.ageing import names_of

AT_LEAST = 6  # CYCLE 7: of fewer invoices a share says nothing
A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class DebtorRow:
    """`weight`: pesos × days late, by which they are sorted."""

    customer_id: int
    number: int
    nombre: str
    rfc: str
    owed: Decimal
    items: int
    oldest_due: date
    days_late: int
    weight: Decimal


@dataclass(frozen=True, slots=True)
class PayerRow:
    """Of what was due in a year: how many debts, and how many of them were paid by their due day."""

    customer_id: int
    number: int
    nombre: str
    rfc: str
    on_time: int
    due: int

    @property
    def share(self) -> Decimal:
        return Decimal(self.on_time) / self.due


def worst_debtors(*, as_of: date, limit: int) -> list[DebtorRow]:
    found = [one for one in top_debtors(as_of=as_of, limit=limit) if one.oldest_due < as_of]
    names = {row[0]: row for row in names_of([one.customer_id for one in found])}
    return [
        DebtorRow(
            *names[one.customer_id],
            one.left,
            one.items,
            one.oldest_due,
            (as_of - one.oldest_due).days,
            one.weight,
        )
        for one in found
    ]


def good_payers(*, as_of: date, limit: int) -> list[PayerRow]:
    """Of the year that ended that day."""
    found = best_payers(first=as_of - A_YEAR, last=as_of, at_least=AT_LEAST, limit=limit)
    names = {row[0]: row for row in names_of([one.customer_id for one in found])}
    return [PayerRow(*names[one.customer_id], one.on_time, one.due) for one in found]
