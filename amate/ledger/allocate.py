"""Credit meets debt: the only place where allocations are made."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import DecimalField, Q, Sum, Value
from django.db.models.functions import Coalesce

from amate.companies.billing_policy import billing_policy_on
from amate.ledger.debts import Debt, debts_of
from amate.ledger.entries import lines_of_allocation
from amate.ledger.models import Allocation, Payment
from amate.ledger.owe_documents import owe_documents
from amate.ledger.post import Event, post
from amate.ledger.rules import allocate
from amate.tenancy.writes import insert_all

_MONEY = DecimalField(max_digits=18, decimal_places=2)


@dataclass(slots=True)
class Credit:
    """What is left of a payment of a known customer. `bound`: the debt its reference belongs to; `chosen`: those the
    customer ticked; `since`: the first day it may pay from."""

    payment: Payment
    left: Decimal
    since: date
    bound: int | None = None
    chosen: Sequence[int] = ()


def credits_of(customers: Iterable[int], *, today: date) -> list[Credit]:
    """What stands in their favour, oldest first."""
    used = Sum("allocations__amount", filter=Q(allocations__reversed_on__isnull=True))
    rows = Payment.objects.with_credit().filter(customer_id__in=customers)
    rows = rows.annotate(used=Coalesce(used, Value(Decimal(0)), output_field=_MONEY))
    return [Credit(one, one.amount - one.used, today) for one in rows.order_by("paid_on", "id")]  # type: ignore[attr-defined]


def apply_freed(customer_id: int, *, today: date, now: datetime) -> list[Allocation]:
    """After something was taken back: his other credit pays what is owed again, unless the company's rules leave credit alone."""
    if not billing_policy_on(today).applies_credit:
        return []
    return apply_all(credits_of([customer_id], today=today), today=today, now=now)


def apply_all(credits_: Sequence[Credit], *, today: date, now: datetime) -> list[Allocation]:
    """Every credit pays what its customer owes, in the order given; his lock is held. Allocations, their entries and the
    promise to document them, in six statements."""
    if not credits_:
        return []
    also = {pk for one in credits_ for pk in (one.bound, *one.chosen) if pk is not None}
    customers = {one.payment.customer_id for one in credits_ if one.payment.customer_id is not None}
    owed: dict[int, dict[int, Debt]] = defaultdict(dict)
    for debt in debts_of(customers, also=also):
        owed[debt.receivable.customer_id][debt.receivable.pk] = debt
    if not owed:
        return []
    order = billing_policy_on(today).allocation_order
    made = []
    for one in credits_:
        debts = owed[one.payment.customer_id] if one.payment.customer_id is not None else {}
        made += _apply(one, debts, order, now=now)
    insert_all([part for part, _ in made])
    events = [
        Event(f"allocation:{part.pk}", part.day, debt.receivable.moneda, lines_of_allocation(part, debt.receivable))
        for part, debt in made
    ]
    post(events, today=today, now=now)
    owe_documents((part.payment_id for part, _ in made), now=now)
    return [part for part, _ in made]


def _apply(
    credit: Credit, debts: dict[int, Debt], order: Sequence[str], *, now: datetime
) -> list[tuple[Allocation, Debt]]:
    named = {credit.bound, *credit.chosen}
    parts = allocate(
        amount=credit.left,
        moneda=credit.payment.moneda,
        # Another payment's debt of the same call may be written off: only who names it pays it.
        owed=[one.owed() for pk, one in debts.items() if one.left and (one.receivable.state_on is None or pk in named)],
        bound=credit.bound,
        chosen=credit.chosen,
        order=order,
    )
    made = []
    for pk, amount in parts:
        debt = debts[pk]
        part = Allocation(
            payment=credit.payment,
            receivable=debt.receivable,
            amount=amount,
            day=max(credit.since, debt.since),
            created_at=now,
            **debt.pay(amount),
        )
        credit.left -= amount
        made.append((part, debt))
    return made
