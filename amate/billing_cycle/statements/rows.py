"""Entries of the journal as a customer reads them, with the balance after each; pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from amate.billing_cycle.statements.movements import Entry
from amate.billing_cycle.statements.told import ZERO, Row, RowKind
from amate.fiscal.catalogs import name_of

JOINED = "Saldo de otra cuenta tuya que se unió a esta"
REVERSED = {"refund": "Reembolso", "chargeback": "Contracargo de tu banco", "cancelled": "Abono cancelado"}
CREDITS = {"credit_note": "Nota de crédito", "courtesy": "Bonificación", "opening": "Saldo inicial a favor"}
OF_A_DEBT = {
    "void": "Cargo anulado",
    "write_off": "Cargo dado de baja",
    "allocation": "Se pagó un cargo dado de baja",
    "unallocation": "Volvió un cargo dado de baja",
}
MONEY = "money"


class CalledDebt(Protocol):
    @property
    def document(self) -> str: ...
    @property
    def concept(self) -> str: ...


class Paid(Protocol):
    kind: str
    forma_pago: str
    num_operacion: str
    reversed_as: str


def rows_of(
    entries: Sequence[Entry],
    *,
    opening: Decimal,
    closing: Decimal,
    told_before: date | None,
    debts: Mapping[int, CalledDebt],
    payments: Mapping[int, Paid],
) -> list[Row]:
    """The movements between two balances. `told_before`: the cut-off of the statement before. What counts from a day up to it
    came late, unless it is of the evening of that very day. What no entry explains came with an account that was joined.
    """
    unexplained = closing - opening - sum((one.amount for one in entries), ZERO)
    balance = opening
    rows = []
    if unexplained:
        balance += unexplained
        day = told_before or (entries[0].day if entries else date.min)
        rows.append(Row(day, "", JOINED, RowKind.ADJUSTMENT, unexplained, balance, late=True))
    for one in entries:
        balance += one.amount
        evening = one.day == told_before and one.booked_on == one.day
        late = told_before is not None and one.day <= told_before and not evening
        document, concept, kind = _said(one, debts, payments)
        rows.append(Row(one.day, document, concept, kind, one.amount, balance, late=late))
    return rows


def sums_of(rows: Iterable[Row]) -> tuple[Decimal, Decimal, Decimal]:
    """(charges, payments, adjustments): of what came in time the first two; whatever came late is an adjustment."""
    charges = payments = adjustments = ZERO
    for row in rows:
        if row.late or row.kind == RowKind.ADJUSTMENT:
            adjustments += row.amount
        elif row.kind == RowKind.CHARGE:
            charges += row.amount
        else:
            payments -= row.amount
    return charges, payments, adjustments


def _said(one: Entry, debts: Mapping[int, CalledDebt], payments: Mapping[int, Paid]) -> tuple[str, str, RowKind]:
    debt = debts.get(one.receivable_id or 0)
    paid = payments.get(one.payment_id or 0)
    if one.what == "receivable" and debt is not None:
        return debt.document, debt.concept, RowKind.CHARGE
    if one.what in OF_A_DEBT and debt is not None:
        return debt.document, f"{OF_A_DEBT[one.what]}: {debt.concept}", RowKind.ADJUSTMENT
    if one.what in ("payment", "identification") and paid is not None:
        if paid.kind != MONEY:
            return "", CREDITS[paid.kind], RowKind.ADJUSTMENT
        return paid.num_operacion, _paid_with(paid.forma_pago), RowKind.PAYMENT
    if one.what == "reversal" and paid is not None:
        return paid.num_operacion, REVERSED.get(paid.reversed_as, "Pago que se devolvió"), RowKind.ADJUSTMENT
    if one.what == "misapplication":
        return "", "Pago que no era de esta cuenta", RowKind.ADJUSTMENT
    return "", "Ajuste", RowKind.ADJUSTMENT


def _paid_with(forma_pago: str) -> str:
    """
    >>> _paid_with("03"), _paid_with("")
    ('Pago: transferencia electrónica de fondos', 'Pago')
    """
    name = name_of("forma_pago", forma_pago) if forma_pago else ""
    return f"Pago: {name[0].lower()}{name[1:]}" if name else "Pago"
