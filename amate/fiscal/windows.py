"""The windows within which the SAT accepts an amount (FISCAL RND-2).

So a received file is never "corrected": 4 x 956.04 has been stamped as 3824.15.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

from amate.fiscal.rounding import CONTEXT, over, times

_TINY = Decimal("1e-12")
_TINIEST = Decimal("1e-16")
_TEN_PLACES_ONE = Decimal("1.0000000000")


class Window(NamedTuple):
    """The amounts the SAT accepts, both ends inside."""

    low: Decimal
    high: Decimal

    def holds(self, amount: Decimal) -> bool:
        return self.low <= amount <= self.high


def written_decimals(amount: Decimal) -> int:
    """n(x) of RND-2: the decimals with which an amount is written."""
    exponent = amount.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def importe_window(cantidad: Decimal, valor_unitario: Decimal, *, decimals: int = 2) -> Window:
    """Where Importe may lie (CFDI40167, RND-2); `decimals` are those with which Importe is written."""
    half_c, half_v = _half(cantidad), _half(valor_unitario)
    low = times(cantidad - half_c, valor_unitario - half_v)
    high = times(cantidad + half_c - _TINY, valor_unitario + half_v - _TINY)
    return _window(low, high, decimals)


def tax_window(base: Decimal, tasa_o_cuota: Decimal, *, decimals: int = 2) -> Window:
    """Where the Importe of a tax may lie (CFDI40180, CFDI40186, RND-2); `decimals` are those Importe is written with."""
    half = _half(base)
    return _window(times(base - half, tasa_o_cuota), times(base + half - _TINY, tasa_o_cuota), decimals)


def paid_window(pagado: Decimal, equivalencia: Decimal, *, decimals: int = 2) -> Window:
    """What `pagado` is in the currency of the payment (CRP20275, CRP20276); `decimals` are those of that currency.

    `equivalencia`: units of the invoice's currency per unit of the payment's, as written; 1 counts as 1.0000000000
    (CRP20277). Source: the SAT's guide of Pagos 2.0, by way of a PAC's validator.
    """
    half_p = _half(pagado)
    half_e = _half(equivalencia if equivalencia != 1 else _TEN_PLACES_ONE)
    low = over(pagado - half_p, equivalencia + half_e - _TINIEST)
    high = over(pagado + half_p - _TINIEST, equivalencia - half_e)
    return _window(low, high, decimals)


def _half(amount: Decimal) -> Decimal:
    """h(x) of RND-2: half a unit of the last written decimal."""
    return Decimal((0, (5,), -written_decimals(amount) - 1))


def _window(low: Decimal, high: Decimal, decimals: int) -> Window:
    unit = Decimal((0, (1,), -decimals))
    return Window(
        low.quantize(unit, rounding=ROUND_FLOOR, context=CONTEXT),
        high.quantize(unit, rounding=ROUND_CEILING, context=CONTEXT),
    )
