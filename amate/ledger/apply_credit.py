"""What stands in favour of customers pays what they owe."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from amate.audit.record import record
from amate.ledger.allocate import apply_all, credits_of
from amate.ledger.lock import lock_customers
from amate.ledger.models import Allocation


def apply_credit(
    *, customer_ids: Collection[int], chosen: Sequence[int], today: date, now: datetime
) -> list[Allocation]:
    """The oldest credit first, to the chosen debts first. Nothing in favour or nothing owed: nothing is written."""
    lock_customers(customer_ids)
    credit = credits_of(customer_ids, today=today)
    for one in credit:
        one.chosen = chosen
    parts = apply_all(credit, today=today, now=now)
    if parts:
        about = f"customer:{parts[0].receivable.customer_id}" if len(set(customer_ids)) == 1 else ""
        total = str(sum(part.amount for part in parts))
        record("payment.applied", about=about, now=now, amount=total, allocations=[part.pk for part in parts])
    return parts
