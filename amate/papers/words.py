"""Amounts in Spanish words, as printed on an invoice."""

from decimal import ROUND_DOWN, Decimal

# fmt: off
UNITS = (
    "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve",
    "diez", "once", "doce", "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve",
    "veinte", "veintiuno", "veintidós", "veintitrés", "veinticuatro",
    "veinticinco", "veintiséis", "veintisiete", "veintiocho", "veintinueve",
)
TENS = ("treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
HUNDREDS = (
    "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos",
    "seiscientos", "setecientos", "ochocientos", "novecientos",
)
# fmt: on
MILLION = 1_000_000
LIMIT = Decimal(MILLION) * MILLION
# All masculine, so "uno" always shortens to "un" before them. Other currencies are named by their key.
CURRENCIES = {
    "MXN": ("peso", "pesos", "M.N."),
    "USD": ("dólar", "dólares", "USD"),
    "EUR": ("euro", "euros", "EUR"),
    "CAD": ("dólar canadiense", "dólares canadienses", "CAD"),
}


def in_words(amount: Decimal, moneda: str = "MXN") -> str:
    """`Decimal("1248.50")` → "Mil doscientos cuarenta y ocho pesos 50/100 M.N.".

    `moneda` is a key of c_Moneda. ValueError when the amount is negative, has more than two decimals or reaches 10¹².
    """
    whole = amount.to_integral_value(ROUND_DOWN)
    cents = (amount - whole) * 100
    if not 0 <= amount < LIMIT or cents != cents.to_integral_value():
        raise ValueError(f"only amounts from 0 to 999,999,999,999.99 have words, not {amount}")
    singular, plural, mark = CURRENCIES.get(moneda, (moneda, moneda, moneda))
    number = int(whole)
    name = singular if number == 1 else plural
    exact_millions = number >= MILLION and number % MILLION == 0
    said = f"{cardinal(number)} {'de ' if exact_millions and moneda in CURRENCIES else ''}{name}"
    return f"{said[0].upper()}{said[1:]} {int(cents):02d}/100 {mark}"


def cardinal(number: int) -> str:
    """A whole number below 10¹² as it is said before a masculine noun: 21 → "veintiún".

    >>> cardinal(1_000_001), cardinal(21_000), cardinal(2_000_100)
    ('un millón un', 'veintiún mil', 'dos millones cien')
    """
    millions, rest = divmod(number, MILLION)
    parts = []
    if millions:
        parts.append("un millón" if millions == 1 else f"{_below_million(millions)} millones")
    if rest or not millions:
        parts.append(_below_million(rest))
    return " ".join(parts)


def _below_million(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    parts = []
    if thousands:
        parts.append("mil" if thousands == 1 else f"{_below_thousand(thousands)} mil")
    if rest or not thousands:
        parts.append(_below_thousand(rest))
    return " ".join(parts)


def _below_thousand(number: int) -> str:
    if number == 100:
        return "cien"
    hundreds, rest = divmod(number, 100)
    parts = [HUNDREDS[hundreds - 1]] if hundreds else []
    if rest or not hundreds:
        parts.append(_below_hundred(rest))
    return " ".join(parts)


def _below_hundred(number: int) -> str:
    if number == 1:
        return "un"
    if number == 21:
        return "veintiún"
    if number < 30:
        return UNITS[number]
    tens, unit = divmod(number, 10)
    if not unit:
        return TENS[tens - 3]
    return f"{TENS[tens - 3]} y {'un' if unit == 1 else UNITS[unit]}"
