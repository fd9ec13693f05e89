"""Rounding and tolerance windows with exact fractions: the second opinion on the product's money (FISCAL RND).

Amounts stay the text they were written in, because the number of decimals written decides the width of the window.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

_EPSILON = Fraction(1, 10**12)


@lru_cache(maxsize=8192)
def exact(text: str) -> Fraction:
    """The number written. Kept: one amount is read by many rules, and reading is what a rule costs."""
    return Fraction(text)


def decimals(text: str) -> int:
    """Decimals written: `1.50` has two."""
    return len(text.strip().partition(".")[2])


def half_up(value: Fraction, places: int) -> Fraction:
    """Round half away from zero (RND-1)."""
    scale = 10**places
    rounded = Fraction(floor(abs(value) * scale + Fraction(1, 2)), scale)
    return rounded if value >= 0 else -rounded


def product_fits(*, cantidad: str, valor_unitario: str, importe: str) -> bool:
    """RND-2, CFDI40167."""
    low = (exact(cantidad) - _half(cantidad)) * (exact(valor_unitario) - _half(valor_unitario))
    high = _above(cantidad) * _above(valor_unitario)
    return _inside(low, importe, high)


def misfits(taxes: Iterable[tuple[str, Mapping[str, str]]]) -> Iterator[str]:
    """Of taxes with their places, those whose Importe is outside its window."""
    for where, tax in taxes:
        if not ("TasaOCuota" in tax and "Importe" in tax):
            continue
        if not tax_fits(base=tax["Base"], tasa_o_cuota=tax["TasaOCuota"], importe=tax["Importe"]):
            yield f"{where}: {tax['Base']} × {tax['TasaOCuota']} → {tax['Importe']}"


def tax_fits(*, base: str, tasa_o_cuota: str, importe: str) -> bool:
    """RND-2, CFDI40180 and CFDI40186. The rate is exact; only the base is blurred."""
    rate = exact(tasa_o_cuota)
    return _inside((exact(base) - _half(base)) * rate, importe, _above(base) * rate)


def _half(text: str) -> Fraction:
    return Fraction(1, 2 * 10 ** decimals(text))


def _above(text: str) -> Fraction:
    return exact(text) + _half(text) - _EPSILON


def _inside(low: Fraction, importe: str, high: Fraction) -> bool:
    scale = 10 ** decimals(importe)
    return Fraction(floor(low * scale), scale) <= exact(importe) <= Fraction(ceil(high * scale), scale)
