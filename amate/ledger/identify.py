"""Somebody says whose an unidentified payment is."""

from collections.abc import Sequence
from datetime import date, datetime

from amate.audit.record import record
from amate.ledger.allocate import Credit, apply_all
from amate.ledger.entries import lines_of_identification
from amate.ledger.lock import lock_customers
from amate.ledger.models import Allocation, JournalEntry, Payment
from amate.ledger.owe_documents import owe_documents
from amate.ledger.post import Event, post
from amate.tenancy.writes import rewrite


class NotUnidentified(Exception):
    """The payment is somebody's already, or was given back; nothing was written. The message (Spanish) says which."""


def identify_payment(
    *, payment_id: int, customer_id: int, chosen: Sequence[int], today: date, now: datetime
) -> list[Allocation]:
    """It counts for the customer from today, and pays what he owes (`rules.allocate`). Raises NotUnidentified,
    `customers.remaining.Merged`, Payment.DoesNotExist."""
    lock_customers([customer_id])
    payment = Payment.locked(payment_id)
    if payment.reversed_on is not None:
        raise NotUnidentified("Ese pago ya se devolvió: no hay nada que aplicar.")
    if payment.customer_id is not None:
        raise NotUnidentified("Ese pago ya tiene cliente. Si no es suyo, devuélvelo primero a «por identificar».")
    rewrite(payment, customer_id=customer_id)
    event = Event(
        f"identification:{payment.pk}:{times_identified(payment.pk) + 1}",
        today,
        payment.moneda,
        lines_of_identification(payment, customer_id),
    )
    post([event], today=today, now=now)
    record(
        "payment.identified",
        about=f"customer:{customer_id}",
        now=now,
        payment=payment.pk,
        amount=str(payment.amount),
    )
    parts = apply_all([Credit(payment, payment.amount, today, None, chosen)], today=today, now=now)
    if not parts:
        owe_documents([payment.pk], now=now)
    return parts


def times_identified(payment_id: int) -> int:
    """By whole keys: a prefix would be searched in all of the company's journal (DECISIONS A3b)."""
    times = 0
    while JournalEntry.objects.filter(source_key=f"identification:{payment_id}:{times + 1}").exists():
        times += 1
    return times
