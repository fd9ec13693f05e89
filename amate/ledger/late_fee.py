"""A late fee is a debt of its own: what was issued is never edited (CYCLE §4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from amate.ledger.charge import ChargeOf, Order, charge_customers
from amate.ledger.models import MEMO_MODES, FiscalMode, Receivable, ReceivableKind
from amate.ledger.write_off import open_debt


class NotDue(Exception):
    """Nobody is late before the due day is over; nothing was written. The message (Spanish) says so."""


@dataclass(frozen=True, slots=True)
class FeeOf:
    """The `n`-th fee by `rule` of a receivable: once. `total` with its IVA inside."""

    receivable_id: int
    rule: str
    n: int
    total: Decimal
    iva: Decimal
    concept: str
    due_on: date
    line: Mapping[str, Any] = field(default_factory=dict)


def charge_late_fee(*, fee: FeeOf, today: date, now: datetime) -> Receivable | None:
    """The fee's receivable; None if it was charged before. Raises `write_off.NotOpen` for a debt that is not owed any more,
    NotDue."""
    late = open_debt(fee.receivable_id).receivable
    if late.due_on >= today:
        raise NotDue(f"Ese cargo todavía no vence: su último día es el {late.due_on:%d/%m/%Y}.")
    charge = ChargeOf(
        source_key=f"late_fee:{fee.receivable_id}:{fee.rule}:{fee.n}",
        concept=fee.concept,
        total=fee.total,
        iva=fee.iva,
        line=fee.line,
    )
    order = Order(
        customer_id=late.customer_id,
        branch_id=late.branch_id,
        kind=ReceivableKind.FEE,
        fiscal_mode=mode_of_fee(late),
        due_on=fee.due_on,
        charges=[charge],
        moneda=late.moneda,
        fee_of=late.pk,
    )
    return next(iter(charge_customers([order], today=today, now=now)), None)


def mode_of_fee(debt: Receivable) -> FiscalMode:
    """A fee is documented when it is paid, also beside a debt that was invoiced first: nobody must pay tax on a fee that is
    waived in the end."""
    mode = FiscalMode(debt.fiscal_mode)
    return mode if mode in MEMO_MODES else FiscalMode.AVISO
