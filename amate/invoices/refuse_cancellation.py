"""The SAT, or the PAC for it, says a no that settles the request: the document stays live, and a person reads why."""

from datetime import datetime

from amate.audit.record import record
from amate.invoices.hold_cancellation import hold_what_waits_for
from amate.invoices.keep_moves import keep_moves
from amate.invoices.models import Cancellation, CancellationState, Invoice, State
from amate.invoices.outcome import Outcome


def refuse_cancellation(*, invoice: Invoice, cancellation: Cancellation, code: str, why: str, now: datetime) -> Outcome:
    """Both are locked. The outcome is for staff."""
    said = f"{code}: {why}" if code else why
    cancellation.move_to(CancellationState.REFUSED, code=code[:20], answer=why, settled_at=now)
    if invoice.state != State.STAMPED:
        invoice.move_to(State.STAMPED)
    keep_moves(invoice, why=f"El SAT no la canceló. {code}: {why}")
    record("invoice.cancel_refused", about=f"invoice:{invoice.pk}", now=now, code=code, why=why)
    hold_what_waits_for(invoice, why=f"no se canceló ({said})", now=now)
    return Outcome("staff", f"{invoice} no se canceló. {said}")
