"""What a provider keeps of a payment is an expense as soon as it tells so: its bridge holds only what it still owes us."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from amate.ledger.accounts import COMISIONES, PUENTE
from amate.ledger.entries import Line
from amate.ledger.models import JournalEntry, JournalLine, Payment
from amate.ledger.post import Event, post
from amate.ledger.rules import whole_cents


def book_fee(*, payment_id: int, fee: Decimal, today: date, now: datetime) -> bool:
    """Once a payment; False: it was booked, or there is none to book, also of a payment that was deposited: then its deposit
    said what it cost. IVA and all: what of it may be credited is told by the provider's own invoice, not by its API.

    Raises ValueError for a fee that is not between zero and the payment, or of fractions of a cent.
    """
    payment = Payment.locked(payment_id)
    if not 0 <= fee <= payment.amount:
        raise ValueError(f"a fee of {fee} for a payment of {payment.amount}")
    key = f"fee:{payment.pk}"
    into_bridge = payment.account.startswith(f"{PUENTE}:")
    if not fee or not into_bridge or payment.deposited_on is not None:
        return False
    if JournalEntry.objects.filter(source_key=key).exists():
        return False
    cents = whole_cents(fee)
    lines = [Line(COMISIONES, cents, payment=payment.pk), Line(payment.account, -cents, payment=payment.pk)]
    post([Event(key, today, payment.moneda, lines)], today=today, now=now)
    return True


def fee_of(payment_id: int) -> Decimal:
    """What was booked of it so far."""
    rows = JournalLine.objects.filter(payment_id=payment_id, account=COMISIONES)
    told: Decimal | None = rows.aggregate(whole=Sum("amount"))["whole"]
    return told or Decimal("0.00")


def in_bridge(payments: Collection[int], *, bridge: str, moneda: str) -> dict[int, Decimal]:
    """{payment: what of it the provider still owes us}; below zero, what we owe it."""
    rows = JournalLine.objects.filter(payment_id__in=payments, account=bridge, moneda=moneda)
    return dict(rows.values_list("payment_id").annotate(whole=Sum("amount")))
