"""A payment turns out not to be one, or not his: what it paid is owed again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction

from amate.audit.record import record
from amate.customers.remaining import Merged
from amate.ledger.accounts import PUENTE
from amate.ledger.allocate import Credit, apply_all, apply_freed
from amate.ledger.entries import lines_of_identification, lines_of_payment, negated
from amate.ledger.identify import times_identified
from amate.ledger.lock import lock_customers
from amate.ledger.models import Allocation, Payment, PaymentKind, Reversed
from amate.ledger.post import Event, post
from amate.ledger.unallocate import entries_of, unallocate
from amate.tenancy.writes import rewrite


class Why(StrEnum):
    """`CANCELLED`: a credit note's document was, or a courtesy is taken back; or money that a person or a bank file told
    never came. `MISAPPLIED`: the money is not this customer's, and waits in `por_identificar`."""

    REFUND = "refund"
    CHARGEBACK = "chargeback"
    CANCELLED = "cancelled"
    MISAPPLIED = "misapplied"


class NotReversible(Exception):
    """Nothing was written. The message (Spanish) says why."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What the payment no longer pays, and what other credit of the customer paid of it at once."""

    payment: Payment
    freed: list[Allocation]
    paid_instead: list[Allocation]


def reverse_payment(*, payment_id: int, why: Why, note: str, today: date, now: datetime) -> Undone:
    """Reverse all of it, once: its allocations first. Raises NotReversible, `unallocate.Frozen` while a REP tells the SAT
    of it, Payment.DoesNotExist."""
    payment = _held(payment_id)
    if payment.reversed_on is not None:
        raise NotReversible(f"Ese pago ya se revirtió el {payment.reversed_on:%d/%m/%Y}.")
    if not _goes_back(payment, why):
        raise NotReversible(
            "Ese movimiento no se revierte así: revisa si es un pago, una nota de crédito o una bonificación."
        )
    customer_id = payment.customer_id
    freed = live_parts_of(payment.pk)
    unallocate(freed, today=today, now=now)
    if why is Why.MISAPPLIED:
        assert customer_id is not None
        key = f"misapplication:{payment.pk}:{times_identified(payment.pk)}"
        event = Event(key, today, payment.moneda, negated(lines_of_identification(payment, customer_id)))
        post([event], today=today, now=now)
        rewrite(payment, customer_id=None, used_up_on=None)
    else:
        key = f"payment:{payment.pk}"
        lines = negated(lines_of_payment(payment))
        event = Event(f"reversal:{payment.pk}", today, payment.moneda, lines, reverses=entries_of([key])[key])
        post([event], today=today, now=now)
        rewrite(payment, reversed_on=today, reversed_as=Reversed(why.value), used_up_on=None)
    about = f"payment:{payment.pk}" if customer_id is None else f"customer:{customer_id}"
    record(f"payment.{why}", about=about, now=now, payment=payment.pk, amount=str(payment.amount), note=note)
    instead = []
    if customer_id is not None and freed:
        instead = apply_freed(customer_id, today=today, now=now)
    return Undone(payment, freed, instead)


def move_payment(*, payment_id: int, chosen: Sequence[int], today: date, now: datetime) -> list[Allocation]:
    """The same customer's money pays other debts of his: the chosen ones first. Raises as `reverse_payment`."""
    payment = _held(payment_id)
    if payment.reversed_on is not None or payment.customer_id is None:
        raise NotReversible("Ese pago ya se revirtió o no tiene cliente: no hay nada que mover.")
    unallocate(live_parts_of(payment.pk), today=today, now=now)
    parts = apply_all([Credit(payment, payment.amount, today, None, chosen)], today=today, now=now)
    record(
        "payment.moved",
        about=f"customer:{payment.customer_id}",
        now=now,
        payment=payment.pk,
        amount=str(payment.amount),
    )
    # What it paid before may be paid by other credit of his.
    return parts + apply_freed(payment.customer_id, today=today, now=now)


def live_parts_of(payment_id: int) -> list[Allocation]:
    """What it pays now, with the receivables."""
    rows = Allocation.objects.live().select_related("receivable").filter(payment_id=payment_id)
    return list(rows.order_by("id"))


def _goes_back(payment: Payment, why: Why) -> bool:
    """What a provider says that it took came: it may only be paid back."""
    is_money = payment.kind == PaymentKind.MONEY
    if why is Why.CANCELLED:
        return not is_money or not payment.account.startswith(f"{PUENTE}:")
    return is_money and (why is not Why.MISAPPLIED or payment.customer_id is not None)


class _Elsewhere(Exception):
    """The payment is no longer whose it was."""


def _held(payment_id: int) -> Payment:
    """The payment under its customer's lock. Whose it is may change until we have it: then both locks are let go, because
    a customer is never waited for with a payment in the hand (C6), and it is looked at again."""
    while True:
        customer_id = Payment.objects.values_list("customer_id", flat=True).get(pk=payment_id)
        try:
            with transaction.atomic():
                return _held_as_of(payment_id, customer_id)
        except _Elsewhere:
            continue


def _held_as_of(payment_id: int, customer_id: int | None) -> Payment:
    if customer_id is not None:
        try:
            lock_customers([customer_id])
        except Merged as merged:
            raise _Elsewhere from merged
    payment: Payment = Payment.locked(payment_id)
    if payment.customer_id != customer_id:
        raise _Elsewhere
    return payment
