"""A person takes a cancellation back before it is sent, with what was asked for its sake."""

from datetime import datetime

from amate.invoices.cancel import NotCancellable
from amate.invoices.hold_cancellation import hold_what_waits_for
from amate.invoices.how_it_stands import around, document_of, lock_around
from amate.invoices.models import Cancellation, State
from amate.invoices.owe_cancellation import take_back
from amate.invoices.what_may_be_done import why_not_withdrawn
from amate.promises.lease import withdraw


def withdraw_cancellation(*, invoice_id: int, now: datetime) -> None:
    """Of the document's open cancellation. Raises NotCancellable once it was sent, and while its substitute is on its way or
    stamped: without it, both would live."""
    invoice = lock_around(invoice_id)
    why_not = why_not_withdrawn(document_of(invoice), around(invoice))
    if why_not:
        raise NotCancellable(why_not)
    cancellation: Cancellation = Cancellation.objects.open().select_related("substitute").get(invoice=invoice)
    substitute = cancellation.substitute
    if substitute is not None and substitute.state == State.REFUSED:
        withdraw([f"stamp:{substitute.pk}"], now=now)
    take_back(cancellation, now=now)
    hold_what_waits_for(invoice, why="retiraste su cancelación.", now=now)
