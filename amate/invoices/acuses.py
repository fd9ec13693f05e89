"""What the SAT signed about a cancellation."""

from amate.invoices.models import CancellationPaper, CancellationState, Invoice, State


def acuse_of(invoice: Invoice) -> bytes | None:
    """The XML of the acuse by which the SAT cancelled it; None while it lives, and of what the SAT cancelled without one."""
    if invoice.state != State.CANCELLED:
        return None
    papers = CancellationPaper.objects.filter(
        kind=CancellationPaper.Kind.ACUSE,
        cancellation__invoice=invoice,
        cancellation__state=CancellationState.DONE,
    )
    newest: CancellationPaper | None = papers.order_by("-pk").first()
    return None if newest is None else bytes(newest.xml)
