"""A cancellation written and promised; and taken back before it was sent."""

from datetime import datetime

from amate.audit.record import record
from amate.invoices.hanging import named_by
from amate.invoices.keep_moves import leave_moves, resume_moves
from amate.invoices.models import NOT_SENT, Cancellation, CancellationState
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.lease import withdraw
from amate.promises.models import Promise
from amate.promises.promise import promise
from amate.tenancy.writes import insert_unless_there


def owe_cancellation(cancellation: Cancellation, *, now: datetime) -> None:
    """Write it and promise to send it. What was given up of earlier tries is not owed any more."""
    earlier = list(Cancellation.objects.filter(invoice_id=cancellation.invoice_id).values_list("pk", flat=True))
    if not insert_unless_there(cancellation):  # another hand asked for it a moment ago
        return
    _no_more_owed(earlier, now=now)
    resume_moves(cancellation.invoice_id)
    promise_sending(cancellation.pk, now=now)
    record(
        "invoice.cancel_asked",
        about=f"invoice:{cancellation.invoice_id}",
        now=now,
        motivo=cancellation.motivo,
        reason=cancellation.reason,
        substitute=cancellation.substitute_id,
    )


def promise_sending(cancellation_id: int, *, now: datetime) -> None:
    """Look whether its turn has come, and send it then."""
    promise(
        "cancel",
        key=f"cancel:{cancellation_id}",
        now=now,
        priority=SOMEBODY_WAITS,
        cancellation_id=cancellation_id,
    )


def take_back(cancellation: Cancellation, *, now: datetime) -> None:
    """One that was not sent, with what was asked for its sake and for no other's. Every document is locked."""
    cancellation.move_to(CancellationState.WITHDRAWN, settled_at=now)
    _no_more_owed([cancellation.pk], now=now)
    leave_moves(cancellation.invoice_id, now=now)
    record("invoice.cancel_withdrawn", about=f"invoice:{cancellation.invoice_id}", now=now)
    first = Cancellation.objects.filter(because_of=cancellation, state__in=NOT_SENT).select_related("invoice")
    for before in first.order_by("-invoice_id"):
        others = Cancellation.objects.open().filter(invoice_id__in=named_by(before.invoice))
        if not others.exists():
            take_back(before, now=now)


def _no_more_owed(cancellation_ids: list[int], *, now: datetime) -> None:
    """What was given up of them: that nobody retries it."""
    given_up = Promise.objects.given_up().filter(
        kind__in=("cancel", "follow_cancellation"), args__cancellation_id__in=cancellation_ids
    )
    withdraw(list(given_up.values_list("key", flat=True)), now=now)
