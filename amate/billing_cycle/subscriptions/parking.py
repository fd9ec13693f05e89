"""Who cannot be billed waits for a person, alone; and goes on where he was."""

from datetime import datetime

from amate.audit.record import record
from amate.billing_cycle.subscriptions.bill_soon import bill_soon
from amate.billing_cycle.subscriptions.models import Parking
from amate.tenancy.writes import insert_unless_there


def park(*, customer_id: int, error: str, trace: str, now: datetime) -> None:
    """Nothing more is billed to him until a person looked. Parked already, he stays so."""
    row = Parking(customer_id=customer_id, error=error[:400], trace=trace[-8000:], parked_at=now)
    if insert_unless_there(row):
        record("customer.parked", about=f"customer:{customer_id}", now=now, error=error[:400])


def unpark(*, customer_id: int, now: datetime) -> bool:
    """Try again, oldest first. False if he was not parked."""
    freed = Parking.objects.open().filter(customer_id=customer_id).update(cleared_at=now)
    if freed:
        record("customer.unparked", about=f"customer:{customer_id}", now=now)
        bill_soon(payer_id=customer_id, now=now)
    return bool(freed)
