"""Which lines each event writes in the journal (CYCLE §4). Debit above zero, credit below; lines of zero are left out."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from amate.ledger.accounts import (
    APERTURA,
    AVISOS,
    AVISOS_CONTRA,
    CLIENTES,
    DESCUENTOS,
    IEPS_COBRADO,
    IEPS_NO_COBRADO,
    INCOBRABLES,
    INGRESOS,
    IVA_COBRADO,
    IVA_NO_COBRADO,
    POR_IDENTIFICAR,
    RETENIDO,
    SALDO_A_FAVOR,
)
from amate.ledger.models import Allocation, Payment, PaymentKind, Receivable, ReceivableKind, ReceivableState


class Line(NamedTuple):
    """One line of an entry; the dimensions are ids."""

    account: str
    amount: Decimal
    customer: int | None = None
    receivable: int | None = None
    payment: int | None = None


def lines_of_issue(debt: Receivable) -> list[Line]:
    """An aviso is owed without being income: the memo pair (decision 0021). An opening balance was income before us."""
    who, what = debt.customer_id, debt.pk
    if debt.is_memo:
        return [Line(AVISOS, debt.total, who, what), Line(AVISOS_CONTRA, -debt.total, None, what)]
    earned = APERTURA if debt.kind == ReceivableKind.OPENING else INGRESOS
    return _there(
        Line(CLIENTES, debt.total, who, what),
        Line(RETENIDO, debt.withheld, None, what),
        Line(earned, -debt.base, None, what),
        Line(IVA_NO_COBRADO, -debt.iva, None, what),
        Line(IEPS_NO_COBRADO, -debt.ieps, None, what),
    )


def lines_of_payment(payment: Payment) -> list[Line]:
    """All of it stands in the customer's favour first; what it pays is another entry each."""
    who, what = payment.customer_id, payment.pk
    into = Line(POR_IDENTIFICAR if who is None else SALDO_A_FAVOR, -payment.amount, who, None, what)
    if payment.kind != PaymentKind.CREDIT_NOTE:
        return [Line(payment.account, payment.amount, None, None, what), into]
    return _there(
        Line(DESCUENTOS, payment.amount - payment.iva - payment.ieps, None, None, what),
        Line(IVA_COBRADO, payment.iva, None, None, what),
        Line(IEPS_COBRADO, payment.ieps, None, None, what),
        into,
    )


def lines_of_identification(payment: Payment, customer_id: int) -> list[Line]:
    return [
        Line(POR_IDENTIFICAR, payment.amount, None, None, payment.pk),
        Line(SALDO_A_FAVOR, -payment.amount, customer_id, None, payment.pk),
    ]


def lines_of_allocation(part: Allocation, debt: Receivable) -> list[Line]:
    """Credit pays debt and IVA becomes due (LIVA 1-B); with it an aviso becomes income, and what was written off comes back."""
    who, what = debt.customer_id, debt.pk
    pays = Line(SALDO_A_FAVOR, part.amount, who, what, part.payment_id)
    due = [Line(IVA_COBRADO, -part.iva, None, what), Line(IEPS_COBRADO, -part.ieps, None, what)]
    off = debt.state == ReceivableState.WRITTEN_OFF
    taxes = part.iva + part.ieps
    if debt.is_memo:
        earned = [
            Line(INGRESOS, taxes - part.withheld - part.amount, None, what),
            Line(RETENIDO, part.withheld, None, what),
        ]
        memo = [] if off else [Line(AVISOS, -part.amount, who, what), Line(AVISOS_CONTRA, part.amount, None, what)]
        return _there(pays, *earned, *due, *memo)
    if off:
        return _there(pays, Line(INCOBRABLES, taxes - part.amount, None, what), *due)
    not_due = [Line(IVA_NO_COBRADO, part.iva, None, what), Line(IEPS_NO_COBRADO, part.ieps, None, what)]
    return _there(pays, Line(CLIENTES, -part.amount, who, what), *not_due, *due)


def lines_of_write_off(debt: Receivable, *, left: Decimal, iva: Decimal, ieps: Decimal) -> list[Line]:
    """`iva` and `ieps`: of what is left, never collected."""
    who, what = debt.customer_id, debt.pk
    if debt.is_memo:
        return [Line(AVISOS, -left, who, what), Line(AVISOS_CONTRA, left, None, what)]
    return _there(
        Line(CLIENTES, -left, who, what),
        Line(INCOBRABLES, left - iva - ieps, None, what),
        Line(IVA_NO_COBRADO, iva, None, what),
        Line(IEPS_NO_COBRADO, ieps, None, what),
    )


def negated(lines: Iterable[Line]) -> list[Line]:
    return [line._replace(amount=-line.amount) for line in lines]


def _there(*lines: Line) -> list[Line]:
    return [line for line in lines if line.amount]
