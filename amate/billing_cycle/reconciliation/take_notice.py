"""A provider tells something: proved, kept once, and owed to be looked at. Nothing of it is believed yet (PAY-4)."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from amate.adapters.payments import PaymentHint, VerifiedDelivery
from amate.billing_cycle.reconciliation.models import InboxEvent, ProviderAccount
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.tenancy.writes import insert_unless_there


def take_notice(
    *, account: ProviderAccount, delivery: VerifiedDelivery, hints: Iterable[PaymentHint], now: datetime
) -> bool:
    """Keep a verified delivery and promise to ask the provider. False: it was told before, and nothing was written."""
    event = InboxEvent(
        account=account,
        event_key=sha256(delivery.delivery_id.encode()).hexdigest(),
        told=delivery.told[:60],
        body=delivery.body,
        payment_ids=sorted({hint.payment_id for hint in hints}),
        received_at=now,
    )
    if not insert_unless_there(event):
        return False
    if not event.payment_ids:
        known = bool(delivery.told)
        state = InboxEvent.State.IGNORED if known else InboxEvent.State.WAITING
        event.move_to(state, why="" if known else "No se entiende qué avisa el proveedor.", settled_at=now)
        return True
    promise("reconcile", key=f"reconcile:{event.pk}", now=now, priority=SOMEBODY_WAITS, event_id=event.pk)
    return True
