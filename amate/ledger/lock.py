"""Whoever writes to a customer's ledger holds his lock, before any other (DECISIONS C6)."""

from collections.abc import Iterable

from amate.customers.models import Customer
from amate.customers.remaining import Merged, find_remaining


def lock_customers(ids: Iterable[int]) -> dict[int, Customer]:
    """The customers under their locks, taken in the order of their ids, in one statement. Read what they owe in a new
    statement. Raises `customers.remaining.Merged` for one that was merged, Customer.DoesNotExist for one that is not there.
    """
    wanted = sorted(set(ids))
    rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    found = {one.pk: one for one in rows}
    for pk in wanted:
        if pk not in found:
            raise Customer.DoesNotExist(f"no customer {pk}")
        if found[pk].merged_into_id is not None:
            raise Merged(find_remaining(found[pk]))
    return found
