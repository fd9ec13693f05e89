"""How people write a tax rate: 16, 0.16, 16 %, exento."""

from decimal import Decimal

from amate.fiscal.money import Impuesto
from amate.fiscal.tables.impuestos import EXENTO, IEPS, IVA, TASA
from amate.intake.cells import CellRefused, read_number
from amate.intake.columns import plain
from amate.self_invoicing.sale import exact

NO_OBJETO, SI_OBJETO = "01", "02"
HIGHEST = Decimal("1.6")  # the IEPS of cigarettes; a bare number above it is a percentage


def read_rate(text: str, *, comma: bool = False) -> Decimal | None:
    """A rate as a fraction, None for exempt.

    >>> read_rate("16"), read_rate("0.16"), read_rate("16 %"), read_rate("Exento")
    (Decimal('0.16'), Decimal('0.16'), Decimal('0.16'), None)
    """
    said = plain(text)
    if said.startswith("exent"):
        return None
    bare = text.strip().removesuffix("%")
    number = read_number(bare, comma=comma)
    if bare != text.strip() or number > HIGHEST:
        number /= 100
    return exact(number)


def taxes_of(*, iva: str, ieps: str, comma: bool = False) -> tuple[str, tuple[Impuesto, ...]] | None:
    """(objeto_imp, taxes) from the two cells; None if both are empty. Raises CellRefused and money.MoneyRefused."""
    if not iva and not ieps:
        return None
    if plain(iva) in ("no objeto", "no aplica", "na", "n a", "01"):
        if ieps:
            raise CellRefused("Lo que no es objeto de impuesto tampoco lleva IEPS: quita uno de los dos")
        return NO_OBJETO, ()
    taxes = [_tax(IVA, read_rate(iva, comma=comma))] if iva else []
    if ieps:
        rate = read_rate(ieps, comma=comma)
        if rate is None or rate > 0:
            taxes.append(_tax(IEPS, rate))
    return SI_OBJETO, tuple(taxes)


def _tax(impuesto: str, rate: Decimal | None) -> Impuesto:
    return Impuesto(impuesto, EXENTO, None) if rate is None else Impuesto(impuesto, TASA, rate)
