"""What is known, just before somebody is told or cut, of money that is not in the ledger yet (CYCLE 5.4)."""

from collections.abc import Collection
from datetime import datetime, timedelta

from amate.billing_cycle.reconciliation.models import BankFile, InboxEvent, PaymentHint, ProviderAccount
from amate.companies.day import day_of

# An account whose statements nobody brings any more tells nothing either way.
IN_USE = timedelta(days=10)
UNSETTLED = frozenset({BankFile.State.ASKING, BankFile.State.READ, *BankFile.WORKING})


def money_on_its_way(customer_ids: Collection[int], *, now: datetime) -> set[int]:
    """Of these, who has a payment that a verified notice or his own report announces."""
    hints = PaymentHint.objects.filter(customer_id__in=customer_ids, ended_at__isnull=True, until__gt=now)
    return set(hints.values_list("customer_id", flat=True))


def accounts_to_ask() -> list[ProviderAccount]:
    return list(ProviderAccount.objects.filter(closed_at__isnull=True).order_by("id"))


def notices_to_read() -> bool:
    """Whether something was told that nobody has looked into yet."""
    return bool(InboxEvent.objects.filter(state=InboxEvent.State.NEW).exists())


def bank_is_read(*, now: datetime) -> bool:
    """Of every account whose statements are brought, one of today is booked: a deposit of yesterday stands in no earlier one.
    And none waits for somebody to look at it: what it tells of is not in the ledger yet."""
    today = day_of(now)
    brought = BankFile.objects.filter(read_at__gt=now - IN_USE).exclude(state=BankFile.State.DROPPED)
    rows = list(brought.values_list("account_id", "state", "read_at"))
    if any(state in UNSETTLED for _, state, _ in rows):
        return False
    booked = {pk for pk, state, read_at in rows if state == BankFile.State.BOOKED and day_of(read_at) == today}
    return {pk for pk, _, _ in rows} == booked
