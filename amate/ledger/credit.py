"""A customer gets credit that is no money: a credit note, a courtesy, what he had in favour before us."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from amate.audit.record import record
from amate.ledger.accounts import APERTURA, DESCUENTOS
from amate.ledger.allocate import Credit, apply_all
from amate.ledger.entries import lines_of_payment
from amate.ledger.lock import lock_customers
from amate.ledger.models import Payment, PaymentKind
from amate.ledger.post import Event, post
from amate.ledger.receive import PaymentDiffers, Received
from amate.ledger.rules import whole_cents
from amate.tenancy.writes import insert_unless_there


@dataclass(frozen=True, slots=True)
class CreditOf:
    """`reference` names it once for ever: the UUID of the credit note, the id of what a courtesy is for. `iva` and `ieps`
    are a credit note's alone: the part of `amount` that is tax. `receivable_id`: the debt it lowers first."""

    customer_id: int
    kind: PaymentKind
    reference: str
    amount: Decimal
    iva: Decimal = Decimal("0.00")
    ieps: Decimal = Decimal("0.00")
    receivable_id: int | None = None
    moneda: str = "MXN"
    note: str = ""


def credit_customer(*, credit: CreditOf, today: date, now: datetime) -> Received:
    """Once per reference. It pays the named debt, then whatever else is owed; the rest stays in his favour.

    Raises ValueError for money, which `receive_payment` takes, PaymentDiffers, `customers.remaining.Merged`.
    """
    if credit.kind == PaymentKind.MONEY:
        raise ValueError("money is received, not credited")
    lock_customers([credit.customer_id])
    payment = Payment(
        kind=credit.kind,
        provider=credit.kind,
        provider_ref=credit.reference,
        customer_id=credit.customer_id,
        moneda=credit.moneda,
        amount=whole_cents(credit.amount),
        iva=whole_cents(credit.iva),
        ieps=whole_cents(credit.ieps),
        account=APERTURA if credit.kind == PaymentKind.OPENING else DESCUENTOS,
        paid_at=now,
        paid_on=today,
        note=credit.note,
        created_at=now,
    )
    if not insert_unless_there(payment):
        known = Payment.objects.get(provider=credit.kind, provider_ref=credit.reference)
        if (known.amount, known.moneda, known.customer_id) != (credit.amount, credit.moneda, credit.customer_id):
            raise PaymentDiffers(known)
        return Received(known, [], False)
    event = Event(f"payment:{payment.pk}", today, payment.moneda, lines_of_payment(payment))
    post([event], today=today, now=now)
    record(
        f"payment.{credit.kind}",
        about=f"customer:{credit.customer_id}",
        now=now,
        payment=payment.pk,
        amount=str(credit.amount),
        note=credit.note,
    )
    whole = Credit(payment, payment.amount, today, credit.receivable_id)
    return Received(payment, apply_all([whole], today=today, now=now), True)
