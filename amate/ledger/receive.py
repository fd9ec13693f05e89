"""Money comes in: once per provider reference, and it pays what is owed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from amate.audit.record import record
from amate.ledger.accounts import check_comes_in
from amate.ledger.allocate import Credit, apply_all
from amate.ledger.entries import lines_of_payment
from amate.ledger.lock import lock_customers
from amate.ledger.models import Allocation, Payment, PaymentKind
from amate.ledger.owe_documents import owe_documents
from amate.ledger.post import Event, post
from amate.ledger.rules import whole_cents
from amate.tenancy.writes import insert_all


class PaymentDiffers(Exception):
    """The reference was received before with another amount or currency; nothing was written. `payment` is that one."""

    def __init__(self, payment: Payment) -> None:
        super().__init__(
            f"El pago {payment.provider_ref} ya está registrado por {payment.amount:,.2f} {payment.moneda}: "
            "revisa con el banco o el proveedor cuál es el correcto."
        )
        self.payment = payment


@dataclass(frozen=True, slots=True)
class Incoming:
    """Money that came in. `account`: `puente:…`, `banco:…` or `caja:…`. `paid_on`: the company's day it counts from, not after
    today. `bound`: the receivable its reference belongs to. `banks` as the REP names them (decision 0015)."""

    provider: str
    provider_ref: str
    amount: Decimal
    account: str
    paid_at: datetime
    paid_on: date
    forma_pago: str
    moneda: str = "MXN"
    num_operacion: str = ""
    banks: Mapping[str, str] = field(default_factory=dict)
    bound: int | None = None
    note: str = ""


class Arrival(NamedTuple):
    """Money, whose it is (None: nobody knows yet) and which debts he chose."""

    incoming: Incoming
    customer_id: int | None
    chosen: Sequence[int] = ()


class Received(NamedTuple):
    """`fresh` is False if the reference was received before: then nothing was written, and `allocations` is empty."""

    payment: Payment
    allocations: list[Allocation]
    fresh: bool


def receive_payment(
    *, incoming: Incoming, customer_id: int | None, chosen: Sequence[int], today: date, now: datetime
) -> Received:
    """One payment. Raises as `receive_payments`."""
    return receive_payments([Arrival(incoming, customer_id, chosen)], today=today, now=now)[0]


def receive_payments(arrivals: Sequence[Arrival], *, today: date, now: datetime) -> list[Received]:
    """Record each once and settle what its customer owes (`rules.allocate`); the rest stays in his favour. A payment
    without a customer waits in `por_identificar`. A fixed number of statements, however many they are.

    Raises PaymentDiffers, ValueError for money from the future, of fractions of a cent or into no account, `customers.remaining.Merged`.
    """
    for arrival in arrivals:
        check_comes_in(arrival.incoming.account)
        if arrival.incoming.paid_on > today:
            raise ValueError(f"{arrival.incoming.provider_ref} was paid on {arrival.incoming.paid_on}, after {today}")
    # One alone differs before it writes anything; of many the others are taken back with it.
    with transaction.atomic() if len(arrivals) > 1 else nullcontext():
        return _receive(arrivals, today=today, now=now)


def _receive(arrivals: Sequence[Arrival], *, today: date, now: datetime) -> list[Received]:
    lock_customers(one.customer_id for one in arrivals if one.customer_id is not None)
    firsts: dict[tuple[str, str], Arrival] = {}
    for one in arrivals:
        firsts.setdefault(_key(one.incoming), one)
    payments = {key: _payment(one, now=now) for key, one in firsts.items()}
    insert_all(list(payments.values()), once=("provider", "provider_ref"))
    fresh = {key: payment for key, payment in payments.items() if payment.pk is not None}
    events = [Event(f"payment:{one.pk}", one.paid_on, one.moneda, lines_of_payment(one)) for one in fresh.values()]
    post(events, today=today, now=now)
    credit = [
        Credit(payment, payment.amount, payment.paid_on, firsts[key].incoming.bound, firsts[key].chosen)
        for key, payment in fresh.items()
        if payment.customer_id is not None
    ]
    parts: dict[int, list[Allocation]] = defaultdict(list)
    for part in apply_all(credit, today=today, now=now):
        parts[part.payment_id].append(part)
    # What paid nothing yet owes no document, and whoever paid is thanked all the same.
    owe_documents((one.payment.pk for one in credit if one.payment.pk not in parts), now=now)
    _note(fresh.values(), now=now)
    known = fresh | _known(payments.keys() - fresh.keys())
    return [_answer(one, known, fresh, parts) for one in arrivals]


def _key(incoming: Incoming) -> tuple[str, str]:
    return incoming.provider, incoming.provider_ref


def _known(keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Payment]:
    """Received before: read in a new statement, so that whoever was first is seen."""
    if not keys:
        return {}
    rows = Payment.objects.filter(provider__in={one for one, _ in keys}, provider_ref__in={ref for _, ref in keys})
    return {(one.provider, one.provider_ref): one for one in rows}


def _answer(
    arrival: Arrival,
    known: Mapping[tuple[str, str], Payment],
    fresh: dict[tuple[str, str], Payment],
    parts: Mapping[int, list[Allocation]],
) -> Received:
    incoming = arrival.incoming
    key = _key(incoming)
    payment = known[key]
    if (payment.amount, payment.moneda) != (incoming.amount, incoming.moneda):
        raise PaymentDiffers(payment)
    if fresh.pop(key, None) is None:  # twice in one call: the first one is answered as fresh
        return Received(payment, [], False)
    return Received(payment, parts.get(payment.pk, []), True)


def _payment(arrival: Arrival, *, now: datetime) -> Payment:
    one = arrival.incoming
    return Payment(
        kind=PaymentKind.MONEY,
        provider=one.provider,
        provider_ref=one.provider_ref,
        customer_id=arrival.customer_id,
        moneda=one.moneda,
        amount=whole_cents(one.amount),
        account=one.account,
        paid_at=one.paid_at,
        paid_on=one.paid_on,
        forma_pago=one.forma_pago,
        num_operacion=one.num_operacion,
        banks=dict(one.banks),
        note=one.note,
        created_at=now,
    )


def _note(fresh: Collection[Payment], *, now: datetime) -> None:
    """One act, one row: of many payments at once it tells how many."""
    if len(fresh) == 1:
        one = next(iter(fresh))
        about = f"customer:{one.customer_id}" if one.customer_id is not None else f"payment:{one.pk}"
        record("payment.received", about=about, now=now, payment=one.pk, amount=str(one.amount), provider=one.provider)
    elif fresh:
        total = str(sum(one.amount for one in fresh))
        record(
            "payment.received_many",
            about="",
            now=now,
            count=len(fresh),
            payments=[one.pk for one in fresh],
            total=total,
        )
