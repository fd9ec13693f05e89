"""Which debts a payment pays and which taxes are in each part. Plain values in, plain values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MOST = Decimal("100000000")  # of what a person may type; far below what the tables hold
# The steps of an allocation, as `companies.billing_policy` names them.
REFERENCE, CHOSEN, EXACT, OLDEST = STEPS = ("reference", "chosen", "exact", "oldest")


@dataclass(frozen=True, slots=True)
class Owed:
    """What is left of one debt, above zero."""

    id: int
    due_on: date
    moneda: str
    left: Decimal


def whole_cents(amount: Decimal) -> Decimal:
    """The amount. Raises ValueError for fractions of a cent, which the tables would round behind our back, and below zero."""
    if amount < 0 or amount != amount.quantize(CENT):
        raise ValueError(f"{amount} is no amount of whole cents")
    return amount


def allocate(
    *,
    amount: Decimal,
    moneda: str,
    owed: Sequence[Owed],
    bound: int | None,
    chosen: Sequence[int],
    order: Sequence[str],
) -> list[tuple[int, Decimal]]:
    """[(debt, part)] in the order they are paid. `order` are steps of CYCLE §4: `reference`, the debt the reference is bound to;
    `chosen`, those the customer chose, in his order; `exact`, the one debt whose amount is exactly what is left. Last comes
    the oldest due, then the lowest id. Debts in another currency are passed over. What is not in the answer stays in his
    favour: then no debt of that currency is left.
    """
    left, rest = amount, {one.id: one for one in owed if one.moneda == moneda}
    parts: list[tuple[int, Decimal]] = []
    for step in [*order, OLDEST]:
        for one in _next(step, left, rest, bound, chosen):
            part = min(left, one.left)
            if not part:
                return parts
            parts.append((one.id, part))
            left -= part
            del rest[one.id]
    return parts


def _next(step: str, left: Decimal, rest: dict[int, Owed], bound: int | None, chosen: Sequence[int]) -> list[Owed]:
    if step == REFERENCE:
        return [rest[bound]] if bound is not None and bound in rest else []
    if step == CHOSEN:
        return [rest[pk] for pk in dict.fromkeys(chosen) if pk in rest]
    if step == EXACT:
        same = [one for one in rest.values() if one.left == left]
        return same if len(same) == 1 else []
    return sorted(rest.values(), key=lambda one: (one.due_on, one.id))


def share_of(*, whole: Decimal, total: Decimal, paid: Decimal, shared: Decimal, part: Decimal) -> Decimal:
    """How much of a tax `whole` is in the next `part` of a debt of `total`, of which `paid` carried `shared` before.

    IVA is due on cash (LIVA 1-B). Rounded so that after each part what was shared is the exact share of what was paid, half
    up to the cent; the last part takes the remainder to the cent.

    >>> share_of(whole=Decimal("0.16"), total=Decimal("1.16"), paid=Decimal(0), shared=Decimal(0), part=Decimal("0.58"))
    Decimal('0.08')
    """
    if paid + part == total:
        return whole - shared
    reached = (whole * (paid + part) / total).quantize(CENT, ROUND_HALF_UP)
    # After reversals the earlier parts may be a cent off; a part is never negative for that.
    return max(reached - shared, Decimal("0.00"))
