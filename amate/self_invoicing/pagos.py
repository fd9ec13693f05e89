"""A sale that was paid in several ways: what each paid, and which one its CFDI names.

A CFDI has room for one FormaPago. The SAT's filling guide of CFDI 4.0 (Anexo 20, FormaPago): the one by which most was
paid; of equals, the taxpayer's choice, and ours is the one that was told first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

MOST = 10


@dataclass(frozen=True, slots=True)
class Pago:
    """`forma_pago` is of c_FormaPago and never 99; `importe` is positive, in the currency of the sale, to the cent."""

    forma_pago: str
    importe: Decimal


class PagosDoNotAddUp(ValueError):
    """What was paid is not what was sold for. Nothing is invented: who told it mends it."""

    def __init__(self, *, said: Decimal, total: Decimal) -> None:
        super().__init__(f"Los pagos suman {said:.2f} y la venta es de {total:.2f}: corrige los importes.")
        self.said = said
        self.total = total


def main_forma(pagos: Sequence[Pago]) -> str:
    """
    >>> main_forma([Pago("01", Decimal(50)), Pago("28", Decimal(40)), Pago("28", Decimal(26))])
    '28'
    >>> main_forma([Pago("04", Decimal(58)), Pago("01", Decimal(58))])
    '04'
    """
    sums: dict[str, Decimal] = {}
    for one in pagos:
        sums[one.forma_pago] = sums.get(one.forma_pago, Decimal(0)) + one.importe
    return max(sums, key=lambda forma: sums[forma])  # of equals the first


def check_pagos(pagos: Sequence[Pago], *, total: Decimal) -> None:
    """Raises PagosDoNotAddUp. Of a sale that was paid in one way there are none, and nothing to add up."""
    said = sum((one.importe for one in pagos), Decimal(0))
    if pagos and said != total:
        raise PagosDoNotAddUp(said=said, total=total)


def pagos_to_json(pagos: Iterable[Pago]) -> list[dict[str, str]]:
    return [{"forma_pago": one.forma_pago, "importe": format(one.importe, ".2f")} for one in pagos]


def pagos_from_json(kept: Iterable[Mapping[str, Any]]) -> tuple[Pago, ...]:
    return tuple(Pago(one["forma_pago"], Decimal(one["importe"])) for one in kept)
