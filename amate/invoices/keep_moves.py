"""What is to be done with the payments of a REP that was to be cancelled, when it is not, and when it is asked again."""

from datetime import datetime

from amate.invoices.models import Invoice, MovedPayment


def keep_moves(rep: Invoice, *, why: str) -> None:
    """The REP stands: they wait for a person. In the transaction that gives the REP back as it was."""
    for move in MovedPayment.objects.filter(rep=rep, state=MovedPayment.State.WAITING):
        move.move_to(MovedPayment.State.KEPT, why=why)


def leave_moves(rep_id: int, *, now: datetime) -> None:
    """Its cancellation was taken back: they stay where they are."""
    for move in MovedPayment.objects.open().filter(rep_id=rep_id):
        move.move_to(MovedPayment.State.WITHDRAWN, settled_at=now)


def resume_moves(rep_id: int) -> None:
    """Its cancellation is asked for once more."""
    for move in MovedPayment.objects.filter(rep_id=rep_id, state=MovedPayment.State.KEPT):
        move.move_to(MovedPayment.State.WAITING, why="")
