"""Half-up arithmetic on Decimal in a context of our own, so that nobody's global one (precision, half-even) reaches
an amount (FISCAL RND-1). Only the money files of this room import it."""

from decimal import ROUND_HALF_UP, Context, Decimal

ZERO = Decimal(0)
ONE = Decimal(1)
CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)
UNITS = tuple(Decimal((0, (1,), -places)) for places in range(7))
"""The smallest amount with 0, 1 … 6 decimals."""

quantize = CONTEXT.quantize
times = CONTEXT.multiply
over = CONTEXT.divide


def q2(amount: Decimal) -> Decimal:
    """Half-up at 2 decimals (RND-1)."""
    return quantize(amount, UNITS[2])


def q6(amount: Decimal) -> Decimal:
    """Half-up at 6 decimals."""
    return quantize(amount, UNITS[6])
