import doctest
from decimal import Decimal

import pytest

from amate.papers import words
from amate.papers.words import cardinal, in_words

PESOS = {
    "0": "Cero pesos 00/100 M.N.",
    "0.05": "Cero pesos 05/100 M.N.",
    "1": "Un peso 00/100 M.N.",
    "1.99": "Un peso 99/100 M.N.",
    "2": "Dos pesos 00/100 M.N.",
    "15": "Quince pesos 00/100 M.N.",
    "16": "Dieciséis pesos 00/100 M.N.",
    "20": "Veinte pesos 00/100 M.N.",
    "21": "Veintiún pesos 00/100 M.N.",
    "22": "Veintidós pesos 00/100 M.N.",
    "26.10": "Veintiséis pesos 10/100 M.N.",
    "30": "Treinta pesos 00/100 M.N.",
    "31": "Treinta y un pesos 00/100 M.N.",
    "99": "Noventa y nueve pesos 00/100 M.N.",
    "100": "Cien pesos 00/100 M.N.",
    "101": "Ciento un pesos 00/100 M.N.",
    "121": "Ciento veintiún pesos 00/100 M.N.",
    "500": "Quinientos pesos 00/100 M.N.",
    "700": "Setecientos pesos 00/100 M.N.",
    "900": "Novecientos pesos 00/100 M.N.",
    "1000": "Mil pesos 00/100 M.N.",
    "1001": "Mil un pesos 00/100 M.N.",
    "1248.50": "Mil doscientos cuarenta y ocho pesos 50/100 M.N.",
    "2000": "Dos mil pesos 00/100 M.N.",
    "18557.68": "Dieciocho mil quinientos cincuenta y siete pesos 68/100 M.N.",
    "21000": "Veintiún mil pesos 00/100 M.N.",
    "31031": "Treinta y un mil treinta y un pesos 00/100 M.N.",
    "100000": "Cien mil pesos 00/100 M.N.",
    "100100": "Cien mil cien pesos 00/100 M.N.",
    "999999.99": "Novecientos noventa y nueve mil novecientos noventa y nueve pesos 99/100 M.N.",
    "1000000": "Un millón de pesos 00/100 M.N.",
    "1000001": "Un millón un pesos 00/100 M.N.",
    "1001000": "Un millón mil pesos 00/100 M.N.",
    "2000000.01": "Dos millones de pesos 01/100 M.N.",
    "21000000": "Veintiún millones de pesos 00/100 M.N.",
    "100000000": "Cien millones de pesos 00/100 M.N.",
    "1000000000": "Mil millones de pesos 00/100 M.N.",
    "1001000000": "Mil un millones de pesos 00/100 M.N.",
    "21021021021": "Veintiún mil veintiún millones veintiún mil veintiún pesos 00/100 M.N.",
    "999999999999.99": "Novecientos noventa y nueve mil novecientos noventa y nueve millones "
    "novecientos noventa y nueve mil novecientos noventa y nueve pesos 99/100 M.N.",
}


@pytest.mark.parametrize(("amount", "said"), PESOS.items())
def test_it_says_pesos(amount: str, said: str) -> None:
    assert in_words(Decimal(amount)) == said


@pytest.mark.parametrize(
    ("amount", "moneda", "said"),
    [
        ("1", "USD", "Un dólar 00/100 USD"),
        ("1000000.5", "USD", "Un millón de dólares 50/100 USD"),
        ("21", "EUR", "Veintiún euros 00/100 EUR"),
        ("1", "CAD", "Un dólar canadiense 00/100 CAD"),
        ("2000000", "GBP", "Dos millones GBP 00/100 GBP"),
    ],
)
def test_it_says_other_currencies(amount: str, moneda: str, said: str) -> None:
    assert in_words(Decimal(amount), moneda) == said


def test_no_two_numbers_sound_alike() -> None:
    numbers = [*range(3000), *range(99_000, 102_000), *range(999_000, 1_003_000)]
    assert len({cardinal(number) for number in numbers}) == len(set(numbers))


@pytest.mark.parametrize("amount", ["-0.01", "1.005", "1000000000000", "NaN"])
def test_it_refuses_what_has_no_words(amount: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        in_words(Decimal(amount))


def test_the_examples_hold() -> None:
    assert doctest.testmod(words).failed == 0
