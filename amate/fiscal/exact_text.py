"""A number as text and back, digit for digit: as it is kept in a draft and written in an XML."""

from decimal import Decimal


def text_of(number: Decimal | None) -> str | None:
    """
    >>> text_of(Decimal("1E+3")), text_of(Decimal("0.160000")), text_of(None)
    ('1000', '0.160000', None)
    """
    return None if number is None else format(number, "f")


def number_of(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
