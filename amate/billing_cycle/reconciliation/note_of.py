"""The sale that a paid debt is to whoever has no fiscal data: plain facts, of which the other half makes a note with its code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from amate.billing_cycle.reconciliation.paid_debts import PaidDebt, charges_of, paid_debt
from amate.billing_cycle.reconciliation.paid_lines import lines_of, lines_of_part
from amate.companies.models import Branch
from amate.ledger.models import Allocation

SOURCE = "cobranza"


@dataclass(frozen=True, slots=True)
class PaidSale:
    """`external_id` names it once for ever within SOURCE; `lines` as `invoices.lines` keeps them; `pagos`: (forma_pago, how
    much), in the order they came; `payments`: their ids."""

    branch: Branch
    external_id: str
    folio: str
    sold_at: datetime
    total: Decimal
    lines: list[dict[str, Any]]
    pagos: list[tuple[str, Decimal]]
    payments: list[int]


def note_of(*, receivable_id: int, allocation_id: int | None) -> PaidSale | None:
    """Of the whole debt, or of one part of it. None: it is not paid any more, or it has an invoice by now. Raises
    `paid_lines.NoLines`."""
    debt = paid_debt(receivable_id)
    if debt is None or debt.invoice is not None:
        return None
    charges = charges_of([receivable_id])[receivable_id]
    if allocation_id is None:
        if debt.receivable.settled_on is None:
            return None
        return _sale(debt, debt.money, lines_of(charges), _name(receivable_id))
    parts = [one for one in debt.money if one.pk == allocation_id and one.pk not in debt.documented]
    if not parts:
        return None
    lines = lines_of_part(charges, part=parts[0].amount)
    return _sale(debt, parts, lines, _name(receivable_id, allocation_id))


def names_of(payment_id: int) -> list[str]:
    """The `external_id`s that notes of what this payment paid would have."""
    rows = Allocation.objects.live().filter(payment_id=payment_id).values_list("receivable_id", "pk")
    return sorted({name for debt, part in rows for name in (_name(debt), _name(debt, part))})


def _name(receivable_id: int, allocation_id: int | None = None) -> str:
    return f"{receivable_id}" if allocation_id is None else f"{receivable_id}-{allocation_id}"


def _sale(debt: PaidDebt, parts: Sequence[Allocation], lines: list[dict[str, Any]], name: str) -> PaidSale:
    sums: dict[str, Decimal] = {}
    for part in parts:
        sums[part.payment.forma_pago] = sums.get(part.payment.forma_pago, Decimal(0)) + part.amount
    return PaidSale(
        branch=debt.receivable.branch,
        external_id=name,
        folio=f"COB-{name}",
        sold_at=max(_moment(debt, part) for part in parts),
        total=sum(sums.values(), Decimal(0)),
        lines=lines,
        pagos=list(sums.items()),
        payments=sorted({part.payment_id for part in parts}),
    )


def _moment(debt: PaidDebt, part: Allocation) -> datetime:
    """When it was paid; of what stood in favour before the debt was there, when it was applied."""
    return part.payment.paid_at if part.payment.paid_on >= debt.receivable.issued_on else part.created_at
