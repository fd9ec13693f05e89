"""What is left of each debt, read under the customer's lock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import DecimalField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from amate.ledger.models import Allocation, Charge, PaymentKind, Receivable, ReceivableState
from amate.ledger.rules import Owed, share_of

_MONEY = DecimalField(max_digits=18, decimal_places=2)
_LIVE = Q(allocations__reversed_on__isnull=True)


@dataclass(slots=True)
class Debt:
    """A receivable and what its live allocations carried so far; `pay` goes on with them."""

    receivable: Receivable
    paid: Decimal
    iva: Decimal
    ieps: Decimal
    withheld: Decimal

    @property
    def left(self) -> Decimal:
        return self.receivable.total - self.paid

    @property
    def since(self) -> date:
        """The first day an allocation of it may be of: nothing before may change any more."""
        one = self.receivable
        return max(day for day in (one.issued_on, one.reopened_on, one.state_on) if day is not None)

    def owed(self) -> Owed:
        return Owed(self.receivable.pk, self.receivable.due_on, self.receivable.moneda, self.left)

    def pay(self, part: Decimal) -> dict[str, Decimal]:
        """The taxes within the next part of it: {iva, ieps, withheld}."""
        one, total, paid = self.receivable, self.receivable.total, self.paid
        shares = {
            "iva": share_of(whole=one.iva, total=total, paid=paid, shared=self.iva, part=part),
            "ieps": share_of(whole=one.ieps, total=total, paid=paid, shared=self.ieps, part=part),
            "withheld": share_of(whole=one.withheld, total=total, paid=paid, shared=self.withheld, part=part),
        }
        self.paid += part
        self.iva += shares["iva"]
        self.ieps += shares["ieps"]
        self.withheld += shares["withheld"]
        return shares


def debts_of(customers: Collection[int], *, also: Collection[int] = ()) -> list[Debt]:
    """What the customers owe. `also`: receivables that are paid although they were written off, if they are theirs."""
    wanted = Q(state=ReceivableState.OPEN)
    if also:
        wanted |= Q(state=ReceivableState.WRITTEN_OFF, pk__in=also)
    return _read(Receivable.objects.filter(wanted, customer_id__in=customers, settled_on__isnull=True))


class OwedNow(NamedTuple):
    receivable_id: int
    customer_id: int
    due_on: date
    reopened_on: date | None
    moneda: str
    left: Decimal
    kind: str
    issued_on: date


_OWED_NOW = """
SELECT r.id, r.customer_id, r.due_on, r.reopened_on, r.moneda, r.total - coalesce(a.paid, 0), r.kind, r.issued_on
FROM ledger_receivable r LEFT JOIN LATERAL (
  SELECT sum(amount) AS paid FROM ledger_allocation a
  WHERE a.receivable_id = r.id AND a.company_id = r.company_id AND a.reversed_on IS NULL
) AS a ON true
WHERE r.customer_id = ANY(%s::bigint[]) AND r.state = 'open' AND r.settled_on IS NULL
ORDER BY r.customer_id, r.due_on, r.id
"""


def owed_now(customers: Collection[int]) -> list[OwedNow]:
    """What these customers owe at this moment, as plain values."""
    with connection.cursor() as c:
        c.execute(_OWED_NOW, [list(customers)])
        return [OwedNow(*row) for row in c.fetchall()]


class Covered(NamedTuple):
    """Of a debt of which a part is paid. `credit`: by what stood in his favour when it was charged, or is no money."""

    total: Decimal
    credit: Decimal
    paid: Decimal


def covered_of(receivable_ids: Collection[int]) -> dict[int, Covered]:
    """One of which nothing is paid is not there."""
    by_credit = ~Q(payment__kind=PaymentKind.MONEY) | Q(payment__paid_on__lte=F("receivable__issued_on"))
    rows = Allocation.objects.live().filter(receivable_id__in=receivable_ids).values("receivable_id")
    sums = rows.annotate(all=Sum("amount"), credit=Sum("amount", filter=by_credit, default=Decimal("0.00")))
    found = sums.values_list("receivable_id", "receivable__total", "credit", "all")
    return {pk: Covered(total, credit, paid - credit) for pk, total, credit, paid in found}


def who_owes(*, due_by: date, issued_since: date | None = None) -> list[int]:
    """Every customer with an open debt that is due by that day, or was issued since the other, in order."""
    wanted = Q(due_on__lte=due_by)
    if issued_since is not None:
        wanted |= Q(issued_on__gte=issued_since)
    rows = Receivable.objects.unpaid().filter(wanted)
    return sorted(set(rows.values_list("customer_id", flat=True)))


def concepts_of(receivable_ids: Collection[int]) -> dict[int, str]:
    """What each is for, all its charges in a line. One without charges, as an opening balance, is not there."""
    found: dict[int, str] = {}
    rows = Charge.objects.filter(receivable_id__in=receivable_ids).order_by("id")
    for pk, concept in rows.values_list("receivable_id", "concept"):
        found[pk] = concept if pk not in found else f"{found[pk]}, {concept}"
    return found


def debt_of(receivable_id: int) -> Debt | None:
    """One, whatever its state."""
    return next(iter(_read(Receivable.objects.filter(pk=receivable_id))), None)


def live_parts(receivable_id: int) -> list[Allocation]:
    rows = Allocation.objects.live().filter(receivable_id=receivable_id).order_by("id")
    return list(rows)


def _read(rows: "QuerySet[Receivable]") -> list[Debt]:
    found = rows.annotate(
        paid_of_it=_sum("amount"), iva_of_it=_sum("iva"), ieps_of_it=_sum("ieps"), withheld_of_it=_sum("withheld")
    )
    return [
        Debt(one, one.paid_of_it, one.iva_of_it, one.ieps_of_it, one.withheld_of_it) for one in found.order_by("id")
    ]


def _sum(field: str) -> Coalesce:
    return Coalesce(Sum(f"allocations__{field}", filter=_LIVE), Value(Decimal("0.00")), output_field=_MONEY)
