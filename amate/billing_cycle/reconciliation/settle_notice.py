"""What becomes of a notice that nobody could place by himself: the provider is asked again, or a person lets it be."""

from datetime import datetime

from amate.audit.record import record
from amate.billing_cycle.reconciliation.models import InboxEvent
from amate.ledger.models import Payment
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise, promise_all


class NotWaiting(Exception):
    """Somebody settled it before; nothing was written. The message (Spanish) says how."""

    def __init__(self, event: InboxEvent) -> None:
        super().__init__(f"Ese aviso ya quedó como «{event.get_state_display()}».")
        self.event = event


def ask_again(*, event_id: int, now: datetime) -> InboxEvent:
    """The provider is asked, and the notice ends if nothing stands in its way any more: its owner is known now, its REP was
    cancelled. Raises NotWaiting, InboxEvent.DoesNotExist."""
    event = _waiting(event_id)
    promise("reconcile", key=f"reconcile:{event.pk}", now=now, priority=SOMEBODY_WAITS, event_id=event.pk)
    return event


def let_notice_be(*, event_id: int, why: str, now: datetime) -> InboxEvent:
    """A person took care of it otherwise, and says how. Raises NotWaiting, InboxEvent.DoesNotExist."""
    event = _waiting(event_id)
    event.move_to(InboxEvent.State.IGNORED, why=why[:300], settled_at=now)
    record("provider.notice_let_be", about=f"notice:{event.pk}", now=now, why=why[:300])
    return event


def look_at_notices_of(*, payment: Payment, now: datetime) -> int:
    """After a person said whose a payment is, or took it back: the notices that waited for that are looked at again by
    themselves. Answers how many."""
    waiting = InboxEvent.objects.for_people().filter(payment_ids__contains=[payment.provider_ref])
    found = [one.pk for one in waiting.select_related("account") if one.account.source == payment.provider]
    wanted = {f"reconcile:{pk}": {"event_id": pk} for pk in found}
    promise_all(kind="reconcile", wanted=wanted, now=now, priority=SOMEBODY_WAITS)
    return len(found)


def _waiting(event_id: int) -> InboxEvent:
    event: InboxEvent = InboxEvent.locked(event_id)
    if event.state != InboxEvent.State.WAITING:
        raise NotWaiting(event)
    return event
