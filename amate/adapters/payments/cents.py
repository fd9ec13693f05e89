"""Whole cents or decimal text of a wire, and pesos (PAY-7)."""

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


def to_text(amount: Decimal) -> str:
    """
    >>> to_text(Decimal("349")), to_text(Decimal("0.10"))
    ('349.00', '0.10')
    """
    return format(from_cents(to_cents(amount)), "f")


def from_text(said: object) -> Decimal:
    """Of text or a number of JSON that was read as text. Raises ValueError for fractions of a cent, and for what is no
    number.

    >>> from_text("349.0"), from_text("10")
    (Decimal('349.00'), Decimal('10.00'))
    >>> from_text("NaN")
    Traceback (most recent call last):
    ValueError: 'NaN' is no amount
    """
    try:
        amount = Decimal(str(said))
    except ArithmeticError:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) >= 10**15:
        raise ValueError(f"{said!r} is no amount")
    return from_cents(to_cents(amount))
