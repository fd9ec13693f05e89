"""A price with its taxes inside, broken down into base, IEPS and IVA to the cent (ENGINE MON-2, MON-5)."""

from decimal import Decimal

from amate.fiscal.rounding import ONE, over, quantize, times
from amate.fiscal.windows import Window, tax_window


def net_of(price: Decimal, ieps: Decimal, iva: Decimal, quota: Decimal, unit: Decimal) -> Decimal:
    """What is left of a price when its taxes are taken out."""
    if not ieps:
        return quantize(over(price, ONE + iva), unit) - quota
    return quantize(over(over(price, ONE + iva) - quota, ONE + ieps), unit)


def break_down(
    paid: Decimal, ieps: Decimal, iva: Decimal, quota: Decimal, unit: Decimal, decimals: int
) -> tuple[Decimal, Decimal, Decimal] | None:
    """Base, IEPS by rate and IVA that add up, with the quota, to `paid` exactly, each tax inside its window.

    With one rate, base = half-up(paid / (1 + rate)) and tax = the rest is always inside (proof at ENGINE MON-2). With
    two it is not, for up to 61 % of prices, so the neighbouring cents are searched (MON-5). None if there is no such
    breakdown, which no price of a peso or more has shown.
    """
    base = net_of(paid, ieps, iva, quota, unit)
    zero = unit - unit
    if not ieps:
        return base, zero, paid - base - quota
    if not iva:
        return base, paid - base - quota, zero
    first = base
    for shift in (0, -1, 1, -2, 2):
        base = first + unit * shift
        if base <= 0:
            continue
        for ieps_amount in _nearest_first(tax_window(base, ieps, decimals=decimals), times(base, ieps), unit):
            before_iva = base + ieps_amount + quota
            iva_amount = paid - before_iva
            if tax_window(before_iva, iva, decimals=decimals).holds(iva_amount):
                return base, ieps_amount, iva_amount
    return None


def _nearest_first(window: Window, target: Decimal, unit: Decimal) -> list[Decimal]:
    amounts = [window.low]
    while amounts[-1] < window.high:
        amounts.append(amounts[-1] + unit)
    return sorted(amounts, key=lambda amount: abs(amount - target))
