"""The taxes within a payment as they are kept: exact decimals as text."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from amate.fiscal.exact_text import number_of, text_of
from amate.fiscal.instalments import TaxPart


def taxes_to_json(taxes: Sequence[TaxPart]) -> list[list[Any]]:
    return [
        [
            one.impuesto,
            one.tipo_factor,
            text_of(one.tasa_o_cuota),
            text_of(one.base),
            text_of(one.importe),
            one.retencion,
        ]
        for one in taxes
    ]


def taxes_from_json(kept: Sequence[Sequence[Any]]) -> tuple[TaxPart, ...]:
    return tuple(
        TaxPart(impuesto, factor, number_of(tasa), Decimal(base), number_of(importe), retencion)
        for impuesto, factor, tasa, base, importe, retencion in kept
    )
