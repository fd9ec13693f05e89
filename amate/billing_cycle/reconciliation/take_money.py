"""Money that came in by other ways than a provider's notice, and all that follows from it in the same transaction."""

from collections.abc import Sequence
from datetime import date, datetime

from amate.billing_cycle.collection.reassess import reassess_customers
from amate.ledger.receive import Arrival, Received, receive_payments


def take_money(arrivals: Sequence[Arrival], *, today: date, now: datetime) -> list[Received]:
    """As `receive_payments`, which it calls and raises as; whoever paid is looked at again and gets back what was cut."""
    received = receive_payments(arrivals, today=today, now=now)
    payers = {one.payment.customer_id for one in received if one.fresh and one.payment.customer_id is not None}
    if payers:
        reassess_customers(customer_ids=payers, today=today, now=now)
    return received
