"""Somebody knows that a PUE invoice is not paid yet: it may be until its month ends, and is watched until then (PAY-1)."""

from datetime import datetime

from amate.audit.record import record
from amate.invoices.models import AT_THE_SAT, ON_THE_WAY, AwaitedPayment, Invoice, Kind
from amate.tenancy.writes import insert_unless_there


class NotAwaited(Exception):
    """Nothing was written. The message (Spanish) says why."""


def await_payment(*, invoice_id: int, said_by: str, now: datetime) -> None:
    """Watch it. Said again, nothing changes. Raises NotAwaited."""
    invoice: Invoice = Invoice.locked(invoice_id)
    if invoice.kind != Kind.INGRESO or invoice.metodo_pago != "PUE":
        raise NotAwaited(f"{invoice} no es una factura PUE: su pago no se espera así.")
    if invoice.state not in AT_THE_SAT | ON_THE_WAY or invoice.replaced_by_id is not None:
        raise NotAwaited(f"{invoice} ya no está vigente.")
    if insert_unless_there(AwaitedPayment(invoice=invoice, since=now, said_by=said_by)):
        record("invoice.payment_awaited", about=f"invoice:{invoice.pk}", now=now)
