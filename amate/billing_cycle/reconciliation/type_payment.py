"""Somebody of the company types a payment that he knows of: cash over the counter, a transfer, a cheque."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from amate.billing_cycle.reconciliation.how_paid import (
    BadPayment,
    check_amount,
    check_day,
    check_how,
    check_reference,
    moment_of,
)
from amate.billing_cycle.reconciliation.models import BankAccount, ReportedPayment
from amate.billing_cycle.reconciliation.settle_report import confirm_report, open_report
from amate.billing_cycle.reconciliation.take_money import take_money
from amate.companies.day import zone_of_company
from amate.customers.remaining import lock_remaining
from amate.ledger.accounts import CAJA
from amate.ledger.models import Payment, PaymentKind
from amate.ledger.receive import Arrival, Incoming, Received

TYPED = "typed"
TILL = f"{CAJA}:mostrador"
DAYS = 400
NEAR = timedelta(days=3)  # a bank's day and a person's are not always the same


class LooksKnown(Exception):
    """A payment of the same customer and amount is there within three days; nothing was written. The message (Spanish) asks."""

    def __init__(self, payment: Payment) -> None:
        super().__init__(
            f"Ya hay un pago de ${payment.amount:,.2f} de este cliente, del {payment.paid_on:%d/%m/%Y}. "
            "Si es otro, confírmalo y vuelve a guardar."
        )
        self.payment = payment


@dataclass(frozen=True, slots=True)
class Typed:
    """`bank_account_id`: where it came in; None is the till. `chosen`: receivables that he pays with it, in his order.
    `report_id`: the customer's word that this confirms. `another`: it is not the one that looks like it."""

    customer_id: int
    amount: Decimal
    day: date
    forma_pago: str
    reference: str = ""
    bank_account_id: int | None = None
    chosen: Sequence[int] = ()
    note: str = ""
    report_id: int | None = None
    another: bool = False


def type_payment(*, typed: Typed, press: str, by: str, today: date, now: datetime) -> Received:
    """Once for `press`, a mark of the form that was sent: pressed twice it is one payment, and the second answers the first.

    Raises BadPayment, LooksKnown, `settle_report.NotOpen`, `ledger.receive.PaymentDiffers`, Customer.DoesNotExist.
    """
    amount = check_amount(typed.amount)
    check_day(typed.day, today=today, days=DAYS)
    incoming = Incoming(
        provider=TYPED,
        provider_ref=press,
        amount=amount,
        account=_into(typed.bank_account_id),
        paid_at=moment_of(typed.day, zone=zone_of_company(), now=now),
        paid_on=typed.day,
        forma_pago=check_how(typed.forma_pago),
        num_operacion=check_reference(typed.reference),
        note=typed.note.strip()[:300],
    )
    customer_id = lock_remaining(typed.customer_id).pk
    report = None
    if not Payment.objects.filter(provider=TYPED, provider_ref=press).exists():
        if not typed.another:
            _check_new(customer_id, amount, typed.day)
        if typed.report_id is not None:
            report = _report(typed.report_id, customer_id)
    [received] = take_money([Arrival(incoming, customer_id, typed.chosen)], today=today, now=now)
    if report is not None:
        confirm_report(report=report, payment=received.payment, by=by, now=now)
    return received


def _into(bank_account_id: int | None) -> str:
    if bank_account_id is None:
        return TILL
    account = BankAccount.objects.filter(pk=bank_account_id).first()
    if account is None:
        raise BadPayment("bank_account", "Elige en qué cuenta entró el dinero.")
    return account.ledger_account


def _check_new(customer_id: int, amount: Decimal, day: date) -> None:
    rows = Payment.objects.live().filter(customer_id=customer_id, kind=PaymentKind.MONEY, amount=amount)
    like = rows.filter(paid_on__range=(day - NEAR, day + NEAR)).order_by("-id").first()
    if like is not None:
        raise LooksKnown(like)


def _report(report_id: int, customer_id: int) -> ReportedPayment:
    report = open_report(report_id)
    if report.customer_id != customer_id:
        raise BadPayment("report", "Ese aviso de pago es de otro cliente.")
    return report
