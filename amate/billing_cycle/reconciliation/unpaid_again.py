"""A PUE invoice says that it is paid. When its payment goes back it is not, and may stay PUE only until its month ends (PAY-1)."""

from datetime import datetime

from amate.invoices.await_payment import await_payment
from amate.invoices.models import AT_THE_SAT, ON_THE_WAY, Invoice, Kind
from amate.ledger.models import Receivable
from amate.ledger.reverse import Undone

LEDGER = "amate"


def await_again(undone: Undone, *, now: datetime) -> None:
    """In the transaction that took the payment back: what it leaves unpaid waits in «PUE sin pago», where one step makes it
    PPD. What other credit of the customer paid at once is paid."""
    freed = {part.receivable_id: part.pk for part in undone.freed}
    owed = Receivable.objects.filter(pk__in=freed, settled_on__isnull=True).values_list("pk", flat=True)
    rows = Invoice.objects.filter(
        receivable_id__in=list(owed),
        kind=Kind.INGRESO,
        metodo_pago="PUE",
        state__in=AT_THE_SAT | ON_THE_WAY,
        replaced_by__isnull=True,
    )
    parts = set(freed.values())
    for pk, part in rows.order_by("-pk").values_list("pk", "allocation_id"):
        if part is None or part in parts:
            await_payment(invoice_id=pk, said_by=LEDGER, now=now)
