"""Whole cents of a wire, and pesos (PAY-7)."""

from decimal import Decimal


def to_cents(amount: Decimal) -> int:
    """
    >>> to_cents(Decimal("349.00")), to_cents(Decimal("0.1"))
    (34900, 10)
    >>> to_cents(Decimal("0.001"))
    Traceback (most recent call last):
    ValueError: 0.001 is no whole number of cents
    """
    cents = amount * 100
    if cents != cents.to_integral_value():
        raise ValueError(f"{amount} is no whole number of cents")
    return int(cents)


def from_cents(cents: int) -> Decimal:
    """
    >>> from_cents(34900), from_cents(-5)
    (Decimal('349.00'), Decimal('-0.05'))
    """
    return Decimal(cents).scaleb(-2)
