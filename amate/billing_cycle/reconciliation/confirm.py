"""A person says what a deposit is that nobody could place for sure, and the house learns from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from amate.audit.record import record
from amate.billing_cycle.reconciliation.book_lines import incoming_of
from amate.billing_cycle.reconciliation.how_paid import BadPayment, check_amount
from amate.billing_cycle.reconciliation.known import deposit_of, ours
from amate.billing_cycle.reconciliation.match import NEAR_DAYS
from amate.billing_cycle.reconciliation.models import (
    BankAccount,
    BankLine,
    BankShare,
    LearnedOrigin,
    ReportedPayment,
)
from amate.billing_cycle.reconciliation.settle_report import confirm_reports
from amate.billing_cycle.reconciliation.take_money import take_money
from amate.billing_cycle.reconciliation.type_payment import TYPED
from amate.companies.day import zone_of_company
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.ledger.lock import lock_customers
from amate.ledger.models import Payment
from amate.ledger.receive import Arrival, Received
from amate.tenancy.writes import insert_all, insert_unless_there

State = BankLine.State
BY_PERSON = "person"


class NotWaiting(Exception):
    """Somebody settled the line before; nothing was written. The message (Spanish) says how."""

    def __init__(self, line: BankLine) -> None:
        super().__init__(f"Ese depósito ya quedó como «{line.get_state_display()}».")
        self.line = line


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a deposit is this customer's; `chosen`: what he pays with it, in his order."""

    customer_id: int
    amount: Decimal
    chosen: Sequence[int] = ()


def confirm_line(*, line_id: int, shares: Sequence[Share], by: str, now: datetime) -> list[Received]:
    """Book it as theirs. The account it came from is learned if it is all of one customer.

    Raises BadPayment if the shares are not all of it, NotWaiting, Customer.DoesNotExist.
    """
    shares = [replace(one, customer_id=_remaining(one.customer_id)) for one in shares]
    lock_customers(one.customer_id for one in shares)
    line = _waiting(line_id)
    _check_shares(line, shares)
    account = BankAccount.objects.get(pk=line.account_id)
    zone = zone_of_company()
    incoming = incoming_of(line, account, zone=zone, now=now)
    arrivals = [
        Arrival(
            replace(incoming, amount=one.amount, provider_ref=f"{line.provider_ref}/{n}" if n else line.provider_ref),
            one.customer_id,
            one.chosen,
        )
        for n, one in enumerate(shares)
    ]
    received = take_money(arrivals, today=now.astimezone(zone).date(), now=now)
    first, *others = [one.payment for one in received]
    _settle(line, first, by=by, rule=BY_PERSON, now=now)
    insert_all([BankShare(line=line, payment=one) for one in others])
    confirm_reports(_told(line, received), by=by, now=now)
    if not others:
        _learn(line, shares[0].customer_id, by=by, now=now)
    record(
        "bank_line.confirmed",
        about=f"bank_line:{line.pk}",
        now=now,
        amount=str(line.amount),
        payments=[one.pk for one in (first, *others)],
    )
    return received


def link_line(*, line_id: int, payment_id: int, by: str, now: datetime) -> None:
    """It is the payment that was typed before: the money is in the ledger already. Raises BadPayment, NotWaiting,
    Payment.DoesNotExist."""
    payment = Payment.locked(payment_id)
    line = _waiting(line_id)
    account = BankAccount.objects.get(pk=line.account_id)
    taken = BankLine.objects.filter(payment=payment).exists() or BankShare.objects.filter(payment=payment).exists()
    if payment.provider != TYPED or payment.account != account.ledger_account or payment.amount != line.amount:
        raise BadPayment("payment", "Ese pago no entró a esta cuenta por este importe.")
    if taken or payment.reversed_on is not None:
        raise BadPayment("payment", "Ese pago ya tiene su depósito, o se canceló.")
    _settle(line, payment, by=by, rule="told", now=now)
    record("bank_line.linked", about=f"bank_line:{line.pk}", now=now, amount=str(line.amount), payment=payment.pk)


def leave_line(*, line_id: int, why: str, by: str, now: datetime) -> None:
    """It is no customer's payment: a transfer of our own, a provider's deposit. Raises NotWaiting."""
    line = _waiting(line_id)
    line.move_to(State.LEFT, why=why.strip()[:300], settled_by=by[:254], settled_at=now)
    record("bank_line.left", about=f"bank_line:{line.pk}", now=now, amount=str(line.amount), why=line.why)


def take_back_line(*, line_id: int, now: datetime) -> None:
    """It is one after all. Raises `tenancy.models.IllegalMove`."""
    line = BankLine.locked(line_id)
    line.move_to(State.WAITING, why="", settled_by="", settled_at=None)
    record("bank_line.taken_back", about=f"bank_line:{line.pk}", now=now, amount=str(line.amount))


def forget_origin(*, origin_id: int, now: datetime) -> None:
    """What comes from there speaks for this customer no more."""
    found = LearnedOrigin.locked(origin_id)
    LearnedOrigin.objects.filter(pk=found.pk, forgotten_at__isnull=True).update(forgotten_at=now)
    record("payment.origin_forgotten", about=f"customer:{found.customer_id}", now=now, origin=found.origin)


def _waiting(line_id: int) -> BankLine:
    line: BankLine = BankLine.locked(line_id)
    if line.state != State.WAITING:
        raise NotWaiting(line)
    return line


def _remaining(customer_id: int) -> int:
    return find_remaining(Customer.objects.get(pk=customer_id)).pk


def _check_shares(line: BankLine, shares: Sequence[Share]) -> None:
    if not shares:
        raise BadPayment("customer", "Di de quién es el depósito.")
    if len({one.customer_id for one in shares}) != len(shares):
        raise BadPayment("customer", "Un cliente está dos veces: junta sus partes.")
    if any(one.amount <= 0 for one in shares):
        raise BadPayment("amount", "Cada parte es mayor que cero.")
    for one in shares:
        check_amount(one.amount)
    total = sum((one.amount for one in shares), Decimal(0))
    if total != line.amount:
        raise BadPayment("amount", f"Las partes suman ${total:,.2f} y el depósito es de ${line.amount:,.2f}.")


def _settle(line: BankLine, payment: Payment, *, by: str, rule: str, now: datetime) -> None:
    line.move_to(State.MATCHED, payment_id=payment.pk, by_rule=rule, settled_by=by[:254], settled_at=now)


def _told(line: BankLine, received: Sequence[Received]) -> dict[int, Payment]:
    """Of each payer, his word about just this money, if he gave it."""
    near = (line.day - timedelta(days=NEAR_DAYS), line.day + timedelta(days=NEAR_DAYS))
    rows = ReportedPayment.objects.filter(
        state=ReportedPayment.State.OPEN,
        customer_id__in=[one.payment.customer_id for one in received],
        paid_on__range=near,
    )
    found: dict[int, Payment] = {}
    for report in rows.defer("proof").order_by("-id"):
        for one in received:
            if (one.payment.customer_id, one.payment.amount) == (report.customer_id, report.amount):
                found = {pk: payment for pk, payment in found.items() if payment.pk != one.payment.pk}
                found[report.pk] = one.payment
    return found


def _learn(line: BankLine, customer_id: int, *, by: str, now: datetime) -> None:
    for origin in sorted(deposit_of(line, ours()).origins):
        insert_unless_there(LearnedOrigin(origin=origin, customer_id=customer_id, by=by[:254], learned_at=now))
