"""A payment that stands while the REP that told it was cancelled is told again: the law asks one of it all the same (2.7.1.32)."""

from datetime import datetime

from django.db.models import Q

from amate.invoices.models import Cancellation, Instalment, Invoice, Kind, MovedPayment
from amate.ledger.models import Allocation
from amate.ledger.owe_documents import owe_documents


def owe_telling_anew(gone: Invoice, *, now: datetime) -> None:
    """In the transaction that records that the SAT cancelled `gone`. Of a REP that went first because its invoice goes, the
    look comes with the end of that: only then is it known what stands in the invoice's place."""
    parts = Allocation.objects.live().filter(payment__reversed_on__isnull=True)
    if gone.kind == Kind.PAGO:
        if MovedPayment.objects.filter(rep=gone, settled_at__isnull=True).exists():
            return  # told anew by the move itself
        going = Cancellation.objects.open().values("invoice_id")
        told = Instalment.objects.filter(rep=gone).exclude(invoice_id__in=going)
        parts = parts.filter(pk__in=told.filter(allocation__isnull=False).values("allocation_id"))
    elif gone.kind == Kind.INGRESO and gone.metodo_pago == "PPD" and gone.receivable_id is not None:
        told = Instalment.objects.filter(~Q(reopened_at=None), invoice=gone, allocation__isnull=False)
        parts = parts.filter(pk__in=told.values("allocation_id"))
    else:
        return
    owe_documents(parts.values_list("payment_id", flat=True), now=now)
