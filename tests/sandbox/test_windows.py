"""Tolerance windows, held against a slow reading of the formula."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, getcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amate.sandbox.pac.windows import decimals, half_up, product_fits, tax_fits

CENT = Decimal("0.01")
MONEY = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(100_000), places=2)
RATES = st.sampled_from(["0.160000", "0.080000", "0.000000", "0.265000", "1.600000"])


def test_the_stamped_sample_of_four_times_956_04_is_inside() -> None:
    assert product_fits(cantidad="4", valor_unitario="956.04", importe="3824.15")
    assert not product_fits(cantidad="4.00", valor_unitario="956.04", importe="3834.15")


def test_a_quantity_written_without_decimals_is_blurred_by_half_a_piece() -> None:
    """The SAT's formula to the letter: `4` may be anything from 3.5 to 4.5."""
    assert product_fits(cantidad="4", valor_unitario="956.04", importe="4302.20")
    assert not product_fits(cantidad="4", valor_unitario="956.04", importe="4302.22")


@pytest.mark.parametrize(
    ("importe", "inside"), [("458.89", True), ("458.90", True), ("458.88", False), ("458.91", False)]
)
def test_base_2868_11_at_sixteen_per_cent(importe: str, inside: bool) -> None:
    assert tax_fits(base="2868.11", tasa_o_cuota="0.160000", importe=importe) is inside


@given(base=MONEY, rate=RATES)
def test_the_window_of_a_tax_is_floor_to_ceiling_and_not_a_cent_more(base: Decimal, rate: str) -> None:
    getcontext().prec = 50
    half, epsilon = Decimal("0.005"), Decimal("1E-12")
    low = ((base - half) * Decimal(rate)).quantize(CENT, ROUND_FLOOR)
    high = ((base + half - epsilon) * Decimal(rate)).quantize(CENT, ROUND_CEILING)
    for importe, inside in ((low, True), (high, True), (low - CENT, False), (high + CENT, False)):
        if importe >= 0:
            assert tax_fits(base=f"{base:.2f}", tasa_o_cuota=rate, importe=f"{importe:.2f}") is inside


@given(cantidad=st.integers(1, 500), price=MONEY)
def test_an_exact_product_always_fits(cantidad: int, price: Decimal) -> None:
    assert product_fits(cantidad=str(cantidad), valor_unitario=f"{price:.2f}", importe=f"{cantidad * price:.2f}")


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [("0.125", 2, "0.13"), ("0.1249", 2, "0.12"), ("2.5", 0, "3"), ("-0.125", 2, "-0.13")],
)
def test_halves_go_up(value: str, places: int, rounded: str) -> None:
    assert half_up(Fraction(value), places) == Fraction(rounded)


def test_written_decimals_count() -> None:
    assert (decimals("1"), decimals("1.50"), decimals(" 1.000000 ")) == (0, 2, 6)
