"""The net below the promises of cancellations: whatever is open and owed by nobody is owed again."""

from datetime import datetime

from amate.invoices.follow_cancellation import promise_look
from amate.invoices.issue_moved import promise_moved
from amate.invoices.models import Cancellation, MovedPayment, State
from amate.invoices.owe_cancellation import promise_sending
from amate.promises.models import Promise


def carry_cancellations(*, now: datetime) -> int:
    """Answers how many were picked up. One that waits for its turn looks again here, if its cue was lost."""
    kinds = ("cancel", "follow_cancellation")
    owed = set(Promise.objects.open().filter(kind__in=kinds).values_list("args__cancellation_id", flat=True))
    left = [one for one in Cancellation.objects.open().order_by("pk") if one.pk not in owed]
    for one in left:
        if one.state in (Cancellation.State.RECEIVED, Cancellation.State.DOUBTED):
            promise_look(one, now=now)
        else:
            promise_sending(one.pk, now=now)
    return len(left) + _carry_moves(now=now)


def _carry_moves(*, now: datetime) -> int:
    """Moves whose REP is gone and that nobody owes."""
    owed = set(Promise.objects.open().filter(kind="issue_moved").values_list("args__move_id", flat=True))
    waiting = MovedPayment.objects.filter(state=MovedPayment.State.WAITING, rep__state=State.CANCELLED)
    left = [one for one in waiting.select_related("rep") if one.pk not in owed]
    for one in left:
        promise_moved(one.rep, now=now)
    return len(left)
