"""Sharing an amount out in proportion, to the last cent: each gets its part rounded down, then the cents that are left
go to the largest remainders."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from amate.fiscal.rounding import CONTEXT, ZERO, over, times


def share_out(amount: Decimal, weights: Sequence[Decimal], *, unit: Decimal) -> list[Decimal]:
    """Parts in whole `unit`s that add up to `amount`, itself whole units; equal remainders go to the first.

    `weights` are zero or more and not all zero.

    >>> [str(part) for part in share_out(Decimal("1.00"), [Decimal(1)] * 3, unit=Decimal("0.01"))]
    ['0.34', '0.33', '0.33']
    """
    whole = sum(weights, ZERO)
    ideal = [over(times(amount, weight), whole) for weight in weights]
    parts = [part.quantize(unit, ROUND_FLOOR, CONTEXT) for part in ideal]
    left = int((amount - sum(parts, ZERO)) / unit)
    by_remainder = sorted(range(len(parts)), key=lambda place: parts[place] - ideal[place])
    for place in by_remainder[:left]:
        parts[place] += unit
    return parts
