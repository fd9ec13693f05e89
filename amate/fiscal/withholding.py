"""ISR that a persona moral withholds from a RESICO persona física: 1.25 % of what it pays, before IVA (LISR 113-J, TAX-4)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from amate.fiscal.ingreso import SaleLine
from amate.fiscal.money import Impuesto, Line
from amate.fiscal.tables.impuestos import ISR, TASA

RESICO = "626"
RATE = Decimal("0.012500")
RETENCION = Impuesto(ISR, TASA, RATE, retencion=True)
# CON-2: the other objects of tax carry no Impuestos node (CFDI40172), so nothing withheld either.
_CARRY_TAXES = frozenset({"02", "06", "07", "08"})


def is_withheld_from(*, rfc: str, regimen_fiscal: str) -> bool:
    """Whether this issuer is a persona física of the RESICO.

    >>> is_withheld_from(rfc="LOAM850712XX3", regimen_fiscal="626"), is_withheld_from(rfc="CEA210315XX4", regimen_fiscal="626")
    (True, False)
    """
    return regimen_fiscal == RESICO and len(rfc) == 13


def withholds(rfc: str) -> bool:
    """Whether the receiver is a persona moral: only it withholds. The generic RFCs are of personas físicas.

    >>> withholds("CEA210315XX4"), withholds("XEXX010101000")
    (True, False)
    """
    return len(rfc) == 12


def isr_withheld(line: Line) -> Line:
    """The line with the withholding, if it may carry a tax."""
    return replace(line, impuestos=(*line.impuestos, RETENCION)) if line.objeto_imp in _CARRY_TAXES else line


def with_isr_withheld(lines: Sequence[SaleLine]) -> list[SaleLine]:
    """The lines with the withholding in each one that may carry a tax."""
    return [replace(sale, line=isr_withheld(sale.line)) for sale in lines]
