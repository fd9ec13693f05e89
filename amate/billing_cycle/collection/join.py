"""Two rows of one customer become one, and his ledger and his service are those of one."""

from datetime import datetime

from amate.billing_cycle.collection.reassess import reassess_customers
from amate.companies.billing_policy import billing_policy_on
from amate.companies.day import day_of
from amate.customers.merge import merge_customers
from amate.customers.models import Customer
from amate.ledger.apply_credit import apply_credit


def join_customers(*, kept_id: int, merged_id: int, sat_changed_rfc: bool, seen: str, now: datetime) -> Customer:
    """As `merge_customers`, which it calls and raises as; then the credit of one pays the debt of the other, unless the
    company's rules leave credit alone, and what was cut for debts that are paid now comes back."""
    kept = merge_customers(kept_id=kept_id, merged_id=merged_id, sat_changed_rfc=sat_changed_rfc, seen=seen, now=now)
    today = day_of(now)
    if billing_policy_on(today).applies_credit:
        apply_credit(customer_ids=[kept.pk], chosen=(), today=today, now=now)
    reassess_customers(customer_ids=[kept.pk], today=today, now=now)
    return kept
