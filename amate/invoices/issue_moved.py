"""The SAT cancelled a REP whose payments belong elsewhere: now they get the right one (FEATURES 125).

What they paid of an invoice that was replaced meanwhile they pay of what stands in its place.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from amate.audit.record import record
from amate.fiscal.comprobante import DocumentRefused
from amate.invoices.models import Invoice, MovedPayment, Origin, State
from amate.invoices.payments import Received, received_from_json
from amate.invoices.rep import NoRep, draft_rep
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise


def issue_moved(*, move_id: int, now: datetime) -> None:
    """Draft the REPs of a move, one a receiver; what stands in their way waits for a person, with the reason. Asked for
    when it is not its time, nothing happens."""
    found = MovedPayment.objects.get(pk=move_id)
    rep: Invoice = Invoice.locked(found.rep_id)
    move = MovedPayment.locked(move_id)
    if move.settled_at is not None or rep.state != State.CANCELLED:
        return
    try:
        made = _draft([received_from_json(one) for one in move.payments], now=now)
    except (NoRep, DocumentRefused) as why:
        move.move_to(MovedPayment.State.STUCK, why=str(why))
        return
    move.move_to(MovedPayment.State.DONE, settled_at=now, why="")
    record("rep.moved_issued", about=f"invoice:{rep.pk}", now=now, reps=[one.pk for one in made])


def promise_moved(rep: Invoice, *, now: datetime) -> None:
    """In the transaction that records that the SAT cancelled it."""
    for pk in MovedPayment.objects.open().filter(rep=rep).values_list("pk", flat=True):
        promise("issue_moved", key=f"moved:{pk}", now=now, priority=SOMEBODY_WAITS, move_id=pk)


@transaction.atomic  # all of them or none
def _draft(payments: Sequence[Received], *, now: datetime) -> list[Invoice]:
    by_receiver: dict[str, list[Received]] = {}
    for payment in payments:
        here, rfcs = _where_it_stands(payment)
        if len(rfcs) != 1:
            raise NoRep("Un pago es de un solo receptor: regístralo otra vez, en la factura que paga.")
        by_receiver.setdefault(rfcs.pop(), []).append(here)
    return [draft_rep(payments=some, origin=Origin.SYSTEM, now=now) for _, some in sorted(by_receiver.items())]


def _where_it_stands(payment: Received) -> tuple[Received, set[str]]:
    """With every invoice that was replaced followed to what stands for it; and whose they are."""
    applied: dict[int, Decimal] = {}
    equivalencias: dict[int, str] = {}
    parts: dict[int, int] = {}
    rfcs: set[str] = set()
    for pk, amount in payment.applied.items():
        invoice = _heir(pk)
        rfcs.add(invoice.rfc)
        applied[invoice.pk] = applied.get(invoice.pk, Decimal(0)) + amount
        if pk in payment.equivalencias:
            equivalencias[invoice.pk] = payment.equivalencias[pk]
        if pk in payment.parts:
            parts[invoice.pk] = payment.parts[pk]
    return replace(payment, applied=applied, equivalencias=equivalencias, parts=parts), rfcs


def _heir(invoice_id: int) -> Invoice:
    """`replaced_by` points at the last of a chain already."""
    invoice: Invoice = Invoice.objects.select_related("replaced_by").get(pk=invoice_id)
    return invoice.replaced_by or invoice
