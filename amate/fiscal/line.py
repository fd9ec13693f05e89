"""What was sold, as it stands on the ticket, and what no CFDI can carry of it (MON-8)."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from amate.fiscal.rounding import ONE, UNITS, ZERO
from amate.fiscal.tables.impuestos import CUOTA, EXENTO, IEPS, ISR, IVA, TASA

_MOST_UNITS = Decimal(10) ** 9
_CENT = UNITS[2]

NO_GIFTS = "Un regalo no va en la factura: quita la línea, o pon lo que vale y reparte el descuento entre lo que cobras"
"""What to do about a line that costs nothing (CFDI40166, CFDI40174; docs/decisions/0025)."""

# CON-2, CON-3. 01 and 03 carry no tax at all (CFDI40172). For 04 to 08 only the payment's rules are known (CRP20247,
# 20278, 20279): an invoice that showed more could never be paid with a receipt that the SAT takes.
_UNTAXED = frozenset({"01", "03", "04", "05"})
_NOT_SHOWN = {"06": frozenset({IVA, IEPS}), "07": frozenset({IVA}), "08": frozenset({IVA, IEPS})}


class MoneyRefused(ValueError):
    """An amount that no CFDI can carry (MON-8). `field` is the attribute of `Line`; `message` is for people."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Impuesto:
    """A tax that a line is subject to. `tasa_o_cuota`: 0.16 for 16 %, pesos a unit for a Cuota, None for Exento."""

    impuesto: str
    tipo_factor: str
    tasa_o_cuota: Decimal | None
    retencion: bool = False

    def __post_init__(self) -> None:
        if self.tipo_factor == EXENTO:
            if self.tasa_o_cuota is not None or self.retencion:
                raise MoneyRefused("impuestos", "Un impuesto exento no lleva tasa ni se retiene")
            return
        if self.tipo_factor not in (TASA, CUOTA):
            raise MoneyRefused("impuestos", f"“{self.tipo_factor}” no es Tasa, Cuota ni Exento")
        tasa = self.tasa_o_cuota
        if tasa is None:
            raise MoneyRefused("impuestos", f"Falta la tasa o cuota del impuesto {self.impuesto}")
        _exact("impuestos", tasa)
        if tasa < 0:
            raise MoneyRefused("impuestos", "La tasa o cuota no puede ser negativa")
        if self.impuesto not in (ISR, IVA, IEPS) or (self.impuesto == ISR and not self.retencion):
            raise MoneyRefused("impuestos", f"El impuesto “{self.impuesto}” no se traslada: usa 002 (IVA) o 003 (IEPS)")
        if self.tipo_factor == CUOTA and self.impuesto != IEPS:
            raise MoneyRefused("impuestos", "Solo el IEPS se cobra por cuota")


@dataclass(frozen=True, slots=True)
class Line:
    """What was sold, as it stands on the ticket. `precio` is of one unit; `descuento` of the whole line.

    Both contain the transferred taxes if `incluye_impuestos`. Made of Decimal from text; a float raises TypeError.
    """

    cantidad: Decimal
    precio: Decimal
    impuestos: tuple[Impuesto, ...] = ()
    incluye_impuestos: bool = True
    descuento: Decimal = ZERO
    objeto_imp: str = "02"


class Taxes(NamedTuple):
    """The taxes of a line. Rates are zero where the tax is absent, exempt or at 0 %; `with_…`: a peso and its tax."""

    iva: Decimal
    ieps: Decimal
    cuota: Decimal
    with_iva: Decimal
    with_ieps: Decimal
    transferred: tuple[Impuesto, ...]
    retained: bool


@lru_cache(maxsize=512)
def taxes_of_line(objeto: str, impuestos: tuple[Impuesto, ...]) -> Taxes:
    """A company sells under a handful of combinations. Raises `MoneyRefused`."""
    if objeto in _UNTAXED and impuestos:
        raise MoneyRefused(
            "objeto_imp", f"Con objeto de impuesto {objeto} la línea no lleva impuestos: quítalos o usa 02"
        )
    if objeto == "02" and not impuestos:
        raise MoneyRefused("impuestos", "Falta el impuesto: una línea con objeto de impuesto 02 lleva al menos uno")
    rates: dict[tuple[str, str], Decimal] = {}
    seen: set[str] = set()
    transferred = tuple(tax for tax in impuestos if not tax.retencion)
    for tax in impuestos:
        if tax.impuesto in _NOT_SHOWN.get(objeto, ()):
            raise MoneyRefused(
                "objeto_imp", f"Con objeto de impuesto {objeto} el impuesto {tax.impuesto} no se desglosa"
            )
    if objeto == "07" and not any(tax.impuesto == IEPS for tax in transferred):
        raise MoneyRefused("impuestos", "Con objeto de impuesto 07 la línea desglosa el IEPS")
    for tax in transferred:
        # IEPS may have a rate and a quota at once (tobacco); nothing else may come twice.
        key = IEPS + tax.tipo_factor if tax.impuesto == IEPS else tax.impuesto
        if key in seen:
            raise MoneyRefused("impuestos", f"El impuesto {tax.impuesto} está dos veces en la línea")
        seen.add(key)
        rates[tax.impuesto, tax.tipo_factor] = tax.tasa_o_cuota or ZERO
    iva, ieps = rates.get((IVA, TASA), ZERO), rates.get((IEPS, TASA), ZERO)
    cuota = rates.get((IEPS, CUOTA), ZERO)
    return Taxes(iva, ieps, cuota, ONE + iva, ONE + ieps, transferred, len(transferred) < len(impuestos))


def check_numbers(line: Line) -> None:
    """Raises `MoneyRefused` naming the field, and TypeError for anything that is not a Decimal."""
    _exact("cantidad", line.cantidad)
    _exact("precio", line.precio)
    _exact("descuento", line.descuento)
    if not ZERO < line.cantidad < _MOST_UNITS:
        raise MoneyRefused("cantidad", "La cantidad es mayor que cero y menor que mil millones")
    if line.precio <= ZERO:
        raise MoneyRefused("precio", f"El precio es mayor que cero. {NO_GIFTS}")
    if line.descuento < ZERO:
        raise MoneyRefused("descuento", "El descuento no puede ser negativo: súbelo al precio")


def _exact(field: str, amount: Decimal) -> None:
    if not isinstance(amount, Decimal):
        raise TypeError(f"{field} is {type(amount).__name__}: money is made of Decimal from text")
    if amount.same_quantum(_CENT) or amount.same_quantum(ONE):
        return  # nearly all of them, at a fifth of the cost of as_tuple()
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int):
        raise MoneyRefused(field, "Eso no es un número")
    if exponent < -6:
        raise MoneyRefused(field, "Caben seis decimales cuando mucho: redondéalo")
