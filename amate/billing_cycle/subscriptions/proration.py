"""What a part of a period costs. The parts of a price add up to it, to the last cent (CYCLE 3.1)."""

from collections.abc import Sequence
from decimal import Decimal

from amate.fiscal.money import q2
from amate.fiscal.share import share_out

CENT = Decimal("0.01")


def prorate(amount: Decimal, *, days: int, of: int) -> Decimal:
    """The first part, half-up; what is left is `amount` less this.

    >>> prorate(Decimal("599.00"), days=12, of=31)
    Decimal('231.87')
    """
    if not 0 <= days <= of or of < 1:
        raise ValueError(f"{days} days are no part of {of}")
    return q2(amount * days / of)


def split(amount: Decimal, days: Sequence[int]) -> list[Decimal]:
    """Parts in proportion to `days`. Of two, the first is rounded and the other is the rest; of more, the cents that are
    left go to the largest remainders.

    >>> [str(part) for part in split(Decimal("599.01"), [15, 15])]
    ['299.51', '299.50']
    """
    if len(days) == 2:
        first = prorate(amount, days=days[0], of=sum(days))
        return [first, amount - first]
    return share_out(amount, [Decimal(part) for part in days], unit=CENT)
