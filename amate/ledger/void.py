"""A receivable should never have been: it is taken back, and what was paid of it stands in the customer's favour."""

from datetime import date, datetime

from amate.audit.record import record
from amate.ledger.allocate import apply_freed
from amate.ledger.entries import lines_of_issue, negated
from amate.ledger.lock import lock_customers
from amate.ledger.models import Allocation, Receivable, ReceivableState
from amate.ledger.post import Event, post
from amate.ledger.unallocate import entries_of, unallocate
from amate.ledger.write_off import NotOpen


def void_receivable(*, receivable_id: int, why: str, today: date, now: datetime) -> Receivable:
    """Void it once its document, if it has one, was cancelled: that is asked of whoever calls. What its payments no longer
    pay goes to his other debts.

    Raises NotOpen, `unallocate.Frozen`, Receivable.DoesNotExist.
    """
    lock_customers([Receivable.objects.values_list("customer_id", flat=True).get(pk=receivable_id)])
    one: Receivable = Receivable.locked(receivable_id)
    if one.state != ReceivableState.OPEN:
        raise NotOpen("Ese cargo ya se anuló o se pasó a incobrable.")
    parts = list(Allocation.objects.live().select_related("receivable").filter(receivable_id=one.pk).order_by("id"))
    unallocate(parts, today=today, now=now)
    key = f"receivable:{one.pk}"
    lines = negated(lines_of_issue(one))
    event = Event(f"void:{one.pk}", today, one.moneda, lines, reverses=entries_of([key])[key])
    post([event], today=today, now=now)
    one.move_to(ReceivableState.VOID, state_on=today)
    record(
        "receivable.voided",
        about=f"customer:{one.customer_id}",
        now=now,
        receivable=one.pk,
        total=str(one.total),
        why=why,
    )
    if parts:
        apply_freed(one.customer_id, today=today, now=now)
    return Receivable.objects.get(pk=one.pk)
