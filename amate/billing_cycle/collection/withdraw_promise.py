"""A promise that will not be kept, or was taken by mistake, is taken back."""

from datetime import date, datetime

from amate.audit.record import record
from amate.billing_cycle.collection.models import PromiseToPay
from amate.billing_cycle.collection.reassess import reassess_customers
from amate.ledger.lock import lock_customers


def withdraw_promise(*, customer_id: int, today: date, now: datetime) -> bool:
    """It holds no cut from now on; the evening's step judges anew. False: there was none."""
    lock_customers([customer_id])
    one = PromiseToPay.objects.filter(customer_id=customer_id, state=PromiseToPay.State.OPEN).first()
    if one is None:
        return False
    one.move_to(PromiseToPay.State.WITHDRAWN, settled_on=today)
    record("promise.withdrawn", about=f"customer:{customer_id}", now=now, amount=str(one.amount))
    reassess_customers(customer_ids=[customer_id], today=today, now=now)
    return True
