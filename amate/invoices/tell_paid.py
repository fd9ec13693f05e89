"""Somebody says, or the ledger knows, that a PUE invoice whose payment was awaited has been paid."""

from datetime import date, datetime

from amate.audit.record import record
from amate.fiscal.clock import zone_of
from amate.invoices.deadlines import pay_by
from amate.invoices.models import AwaitedHow, AwaitedPayment, Invoice
from amate.papers.dates import short


class NotPaidInTime(Exception):
    """It may not stay PUE. The message (Spanish) says what is to be done."""


def tell_paid(*, invoice_id: int, paid_on: date, said_by: str, now: datetime) -> None:
    """`paid_on`: local day. Told again, or of one that nobody awaited, nothing changes. Raises NotPaidInTime."""
    invoice: Invoice = Invoice.locked(invoice_id)
    zone = zone_of(Invoice.objects.values_list("branch__cp", flat=True).get(pk=invoice_id))
    last = pay_by((invoice.sealed_at or invoice.created_at).astimezone(zone).date())
    if paid_on > now.astimezone(zone).date():
        raise NotPaidInTime("El día del pago está en el futuro: escribe cuándo se recibió.")
    if paid_on > last:
        raise NotPaidInTime(
            f"{invoice} es PUE y se tenía que pagar hasta el {short(last)}. Cámbiala a PPD y emite el complemento del pago."
        )
    told = AwaitedPayment.objects.filter(invoice=invoice, settled_at__isnull=True).update(
        settled_at=now, how=AwaitedHow.PAID, paid_on=paid_on
    )
    if told:
        record("invoice.told_paid", about=f"invoice:{invoice.pk}", now=now, day=paid_on.isoformat(), who=said_by)
