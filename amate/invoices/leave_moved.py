"""A person leaves a move of payments as it stands: the old REP stays, or the new one was made by hand."""

from datetime import datetime

from amate.audit.record import record
from amate.invoices.cancel import NotCancellable
from amate.invoices.models import NOT_SENT, Cancellation, MovedPayment
from amate.invoices.withdraw_cancellation import withdraw_cancellation


def leave_moved(*, move_id: int, now: datetime) -> None:
    """Its cancellation is withdrawn too, if it was not sent yet. Raises NotCancellable when it was."""
    found = MovedPayment.objects.get(pk=move_id)
    going_on = Cancellation.objects.open().filter(invoice=found.rep_id).first()
    if going_on is not None:
        if going_on.state not in NOT_SENT:
            raise NotCancellable("La cancelación ya está en el SAT: espera su respuesta.")
        withdraw_cancellation(invoice_id=found.rep_id, now=now)
    move = MovedPayment.locked(move_id)
    if move.settled_at is None:
        move.move_to(MovedPayment.State.WITHDRAWN, settled_at=now)
        record("rep.move_left", about=f"invoice:{move.rep_id}", now=now)
