"""A cancellation that was held, because what goes before it stays live, is tried once more: all of it, in the same order."""

from datetime import datetime

from amate.audit.record import record
from amate.invoices.cancel import NotCancellable, owe_what_goes_before
from amate.invoices.how_it_stands import around, document_of, lock_around
from amate.invoices.models import Cancellation
from amate.invoices.owe_cancellation import promise_sending
from amate.invoices.what_may_be_done import why_not_tried_again


def cancel_again(*, invoice_id: int, asked_by: str, now: datetime) -> Cancellation:
    """Raises NotCancellable when nothing of it is held."""
    invoice = lock_around(invoice_id)
    why_not = why_not_tried_again(document_of(invoice), around(invoice))
    if why_not:
        raise NotCancellable(why_not)
    held: Cancellation = Cancellation.objects.open().get(invoice=invoice)
    held.move_to(Cancellation.State.ASKED, answer="")
    record("invoice.cancel_retried", about=f"invoice:{invoice.pk}", now=now)
    owe_what_goes_before(held, asked_by=asked_by, now=now)
    promise_sending(held.pk, now=now)
    return held
