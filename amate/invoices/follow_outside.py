"""Somebody cancelled a document of ours outside Amate: a person says so, and the SAT's word is followed as ever (CAN-6)."""

from datetime import datetime

from amate.audit.record import record
from amate.invoices.follow_cancellation import promise_look
from amate.invoices.models import Cancellation, Differs, Invoice, Motivo, SatDifference, State
from amate.tenancy.writes import insert, rewrite

REASON = "Se pidió fuera de Amate, según el SAT"


class NothingToFollow(Exception):
    """The SAT was not heard to say that it is cancelled, or it is followed already. The message is Spanish."""


def follow_outside(*, invoice_id: int, asked_by: str, now: datetime) -> Cancellation:
    """Nothing is sent: the SAT is asked until it says something final. Its motivo we do not know. Raises NothingToFollow."""
    invoice: Invoice = Invoice.locked(invoice_id)
    there = SatDifference.objects.lasting().filter(
        invoice=invoice, kind__in=(Differs.CANCELLED_THERE, Differs.ASKED_THERE)
    )
    found = there.first()
    if found is None or invoice.state != State.STAMPED or Cancellation.objects.open().filter(invoice=invoice).exists():
        raise NothingToFollow(f"De {invoice} ya no hay nada que registrar.")
    going_on = Cancellation(
        invoice=invoice,
        state=Cancellation.State.RECEIVED,
        motivo=Motivo.ERRORS,
        reason=REASON,
        asked_at=now,
        asked_by=asked_by,
        sent_at=now,
        received_at=now,
    )
    insert(going_on)
    invoice.move_to(State.CANCEL_REQUESTED)
    rewrite(found, mended_at=now)
    record("invoice.followed_outside", about=f"invoice:{invoice.pk}", now=now, said=found.said)
    promise_look(going_on, now=now)
    return going_on
