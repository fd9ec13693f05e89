"""What whoever makes a REP elsewhere must write: of an invoice that was here before us and whose REPs came with it."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from amate.billing_cycle.reconciliation.paid_debts import PaidDebt, charges_of
from amate.ledger.models import ReceivableKind

SAYS = "{} Es la parcialidad {} de {}: antes se debían {:,.2f}, se pagan {:,.2f} y quedan {:,.2f}."


def rep_elsewhere(debt: PaidDebt, why: str, payment_ids: Collection[int]) -> dict[int, str]:
    """By payment `why` (Spanish) with the numbers; nothing where the last instalment is not known."""
    one = debt.receivable
    if one.kind != ReceivableKind.OPENING:
        return {}
    line: dict[str, Any] = next((charge.line for charge in charges_of([one.pk])[one.pk]), {})
    last, uuid = line.get("parcialidad"), line.get("uuid")
    if last is None or not uuid:
        return {}
    told, before = {}, one.total
    for number, part in enumerate(debt.parts, start=last + 1):
        left: Decimal = before - part.amount
        if part.payment_id in payment_ids and part in debt.money:
            told[part.payment_id] = SAYS.format(why, number, uuid, before, part.amount, left)
        before = left
    return told
