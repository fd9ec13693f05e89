"""Who remains of a customer that was merged."""

from amate.customers.models import Customer


class Merged(Exception):
    """The customer was merged into `into`; nothing was written."""

    def __init__(self, into: Customer) -> None:
        super().__init__(f"Este cliente se unió con {into.nombre}.")
        self.into = into


def lock_remaining(customer_id: int) -> Customer:
    """The customer under its lock, or the one it was merged into. Raises Customer.DoesNotExist."""
    found: Customer = Customer.locked(customer_id)
    while found.merged_into_id is not None:
        found = Customer.locked(found.merged_into_id)
    return found


def lock_live(customer_id: int) -> Customer:
    """The customer under its lock. Raises Merged with the one that remains, and Customer.DoesNotExist."""
    found = lock_remaining(customer_id)
    if found.pk != customer_id:
        raise Merged(found)
    return found


def find_remaining(customer: Customer) -> Customer:
    """As `lock_remaining`, only to look."""
    while customer.merged_into_id is not None:
        customer = Customer.objects.get(pk=customer.merged_into_id)
    return customer
