"""Amounts in English words, for the English paper of an invoice. The cents are written as in Spanish."""

from decimal import ROUND_DOWN, Decimal

from amate.papers.words import LIMIT, MILLION

UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
CURRENCIES = {
    "MXN": ("Mexican peso", "Mexican pesos"),
    "USD": ("US dollar", "US dollars"),
    "EUR": ("euro", "euros"),
    "CAD": ("Canadian dollar", "Canadian dollars"),
}


def in_english_words(amount: Decimal, moneda: str = "MXN") -> str:
    """`Decimal("1248.50")` → "One thousand two hundred forty-eight Mexican pesos 50/100". As `words.in_words`.

    >>> in_english_words(Decimal("1248.50")), in_english_words(Decimal("1.00"), "USD")
    ('One thousand two hundred forty-eight Mexican pesos 50/100', 'One US dollar 00/100')
    """
    whole = amount.to_integral_value(ROUND_DOWN)
    cents = (amount - whole) * 100
    if not 0 <= amount < LIMIT or cents != cents.to_integral_value():
        raise ValueError(f"only amounts from 0 to 999,999,999,999.99 have words, not {amount}")
    singular, plural = CURRENCIES.get(moneda, (moneda, moneda))
    said = f"{cardinal(int(whole))} {singular if whole == 1 else plural}"
    return f"{said[0].upper()}{said[1:]} {int(cents):02d}/100"


def cardinal(number: int) -> str:
    """A whole number below 10¹².

    >>> cardinal(21), cardinal(100), cardinal(2_000_115)
    ('twenty-one', 'one hundred', 'two million one hundred fifteen')
    """
    if number < 20:
        return UNITS[number]
    if number < 100:
        tens, unit = divmod(number, 10)
        return TENS[tens - 2] + (f"-{UNITS[unit]}" if unit else "")
    for size, name in ((MILLION, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            many, rest = divmod(number, size)
            return f"{cardinal(many)} {name}" + (f" {cardinal(rest)}" if rest else "")
    raise AssertionError(number)
