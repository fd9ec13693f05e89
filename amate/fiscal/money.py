"""The only place that rounds: from price, quantity and taxes to the amounts of a line and of its CFDI (ENGINE MON).

Every amount of a line has the currency's decimals, so a document is a sum of whole cents: with taxes included in the
price its total is the printed total, to the cent, and every tax stays inside the SAT's window (FISCAL RND-2).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from amate.fiscal.comprobante import Impuestos, Retencion, RetencionTotal, Traslado
from amate.fiscal.rounding import CONTEXT, ONE, UNITS, ZERO, over, quantize, times
from amate.fiscal.rounding import q2 as q2
from amate.fiscal.rounding import q6 as q6
from amate.fiscal.tables.impuestos import CUOTA, EXENTO, IEPS, ISR, IVA, TASA
from amate.fiscal.windows import Window as Window
from amate.fiscal.windows import importe_window as importe_window
from amate.fiscal.windows import tax_window as tax_window
from amate.fiscal.windows import written_decimals as written_decimals

_MOST_UNITS = Decimal(10) ** 9

# CON-2: what each object of tax forbids as a transferred tax. 01 and 03 carry no tax at all (CFDI40172).
_UNTAXED = frozenset({"01", "03"})
_NOT_TRANSFERRED = {"06": frozenset({IVA}), "07": frozenset({IVA}), "08": frozenset({IVA, IEPS})}


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


@dataclass(frozen=True, slots=True)
class Taxed:
    """A line as a Concepto carries it. `base` = importe − descuento; `total` is what it adds to the CFDI's Total."""

    importe: Decimal
    descuento: Decimal
    base: Decimal
    valor_unitario: Decimal
    traslados: tuple[Traslado, ...]
    retenciones: tuple[Retencion, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """`descuento` and `impuestos` are None when no line has any: the attribute and the node are then left out."""

    subtotal: Decimal
    descuento: Decimal | None
    impuestos: Impuestos | None
    total: Decimal


def tax_line(line: Line, *, decimals: int = 2) -> Taxed:
    """Compute a line's amounts. `decimals` are the currency's (`tables.monedas.decimals_of`).

    Raises `MoneyRefused` naming the field of `Line`, and TypeError for anything that is not a Decimal.
    """
    unit = UNITS[decimals]
    taxes = _taxes(line)
    _refuse_bad_numbers(line)
    discount = quantize(line.descuento, unit)
    gross = quantize(times(line.cantidad, line.precio), unit)
    paid = gross - discount
    if paid <= 0:
        raise _empty(line)
    quota = quantize(times(line.cantidad, taxes.cuota), unit) if taxes.cuota else ZERO
    if line.incluye_impuestos:
        base, ieps, iva = _take_out(paid, taxes, quota, unit)
        importe = _take_out(gross, taxes, quota, unit)[0] if discount else base
        # At six decimals it is off by less than importe_window allows, for fewer than 10^9 units (MON-2).
        valor_unitario = importe if line.cantidad == 1 else _written(over(importe, line.cantidad), unit)
    else:
        importe, base = gross, paid
        ieps = quantize(times(base, taxes.ieps), unit)
        iva = quantize(times(base + ieps + quota, taxes.iva), unit)
        valor_unitario = _written(line.precio, unit)
    if base <= 0:
        raise _empty(line)
    if valor_unitario <= 0:
        raise MoneyRefused("precio", "El precio por unidad es menor que una millonésima: vende en una unidad mayor")
    traslados = tuple(_traslados(line, base, ieps, iva, quota))
    retenciones = tuple(_retenciones(line, base, unit)) if taxes.retained else ()
    total = base + ieps + iva + quota
    for retencion in retenciones:
        total -= retencion.importe
    return Taxed(importe, importe - base, base, valor_unitario, traslados, retenciones, total)


def summarise(taxed: Sequence[Taxed], *, decimals: int = 2) -> Totals:
    """Add up the lines. Summary taxes are sums of line taxes, never base × rate (CFDI40211, CFDI40215, CFDI40221)."""
    unit = UNITS[decimals]
    subtotal = discount = total = quantize(ZERO, unit)
    transferred: dict[tuple[str, str, Decimal | None], list[Decimal]] = {}
    retained: dict[str, Decimal] = {}
    for line in taxed:
        subtotal += line.importe
        discount += line.descuento
        total += line.total
        for traslado in line.traslados:
            key = (traslado.impuesto, traslado.tipo_factor, traslado.tasa_o_cuota)
            sums = transferred.setdefault(key, [ZERO, ZERO])
            sums[0] += traslado.base
            sums[1] += traslado.importe or ZERO
        for retencion in line.retenciones:
            retained[retencion.impuesto] = retained.get(retencion.impuesto, ZERO) + retencion.importe
    return Totals(subtotal, discount or None, _summary(transferred, retained, unit), total)


def _summary(
    transferred: dict[tuple[str, str, Decimal | None], list[Decimal]], retained: dict[str, Decimal], unit: Decimal
) -> Impuestos | None:
    if not transferred and not retained:
        return None
    traslados: list[Traslado] = []
    taxed: Decimal | None = None
    for (impuesto, factor, tasa), (base, importe) in transferred.items():
        # A quota's base is units, with up to six decimals; every other sum has the currency's already.
        rounded = quantize(base, unit)
        if tasa is None:
            traslados.append(Traslado(rounded, impuesto, factor))
            continue
        traslados.append(Traslado(rounded, impuesto, factor, tasa, importe))
        taxed = importe if taxed is None else taxed + importe
    return Impuestos(
        tuple(RetencionTotal(impuesto, importe) for impuesto, importe in retained.items()),
        tuple(traslados),
        sum(retained.values(), ZERO) if retained else None,
        taxed,
    )


class _Taxes(NamedTuple):
    """The rates of a line; zero where the tax is absent, exempt or at 0 %."""

    iva: Decimal
    ieps: Decimal
    cuota: Decimal
    retained: bool


def _taxes(line: Line) -> _Taxes:
    objeto = line.objeto_imp
    if objeto in _UNTAXED and line.impuestos:
        raise MoneyRefused(
            "objeto_imp", f"Con objeto de impuesto {objeto} la línea no lleva impuestos: quítalos o usa 02"
        )
    if objeto == "02" and not line.impuestos:
        raise MoneyRefused("impuestos", "Falta el impuesto: una línea con objeto de impuesto 02 lleva al menos uno")
    rates: dict[tuple[str, str], Decimal] = {}
    seen: set[str] = set()
    retained = False
    for tax in line.impuestos:
        if tax.retencion:
            retained = True
            continue
        if tax.impuesto in _NOT_TRANSFERRED.get(objeto, ()):
            raise MoneyRefused(
                "objeto_imp", f"Con objeto de impuesto {objeto} el impuesto {tax.impuesto} no se traslada"
            )
        # IEPS may have a rate and a quota at once (tobacco); nothing else may come twice.
        key = IEPS + tax.tipo_factor if tax.impuesto == IEPS else tax.impuesto
        if key in seen:
            raise MoneyRefused("impuestos", f"El impuesto {tax.impuesto} está dos veces en la línea")
        seen.add(key)
        rates[tax.impuesto, tax.tipo_factor] = tax.tasa_o_cuota or ZERO
    zero = ZERO
    return _Taxes(rates.get((IVA, TASA), zero), rates.get((IEPS, TASA), zero), rates.get((IEPS, CUOTA), zero), retained)


def _refuse_bad_numbers(line: Line) -> None:
    _exact("cantidad", line.cantidad)
    _exact("precio", line.precio)
    _exact("descuento", line.descuento)
    if not 0 < line.cantidad < _MOST_UNITS:
        raise MoneyRefused("cantidad", "La cantidad es mayor que cero y menor que mil millones")
    if line.precio <= 0:
        raise MoneyRefused("precio", "El precio es mayor que cero; un regalo no va en la factura")
    if line.descuento < 0:
        raise MoneyRefused("descuento", "El descuento no puede ser negativo: súbelo al precio")


def _exact(field: str, amount: Decimal) -> None:
    if not isinstance(amount, Decimal):
        raise TypeError(f"{field} is {type(amount).__name__}: money is made of Decimal from text")
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int):
        raise MoneyRefused(field, "Eso no es un número")
    if exponent < -6:
        raise MoneyRefused(field, "Caben seis decimales cuando mucho: redondéalo")


def _empty(line: Line) -> MoneyRefused:
    # CON-4: neither SAT nor schema takes a base of zero.
    if line.descuento:
        return MoneyRefused("descuento", "El descuento deja la línea en cero: quita la línea o reparte el descuento")
    return MoneyRefused("precio", "El precio no deja ni un centavo antes de impuestos: revísalo o quita la línea")


def _take_out(price: Decimal, taxes: _Taxes, quota: Decimal, unit: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Base, IEPS by rate and IVA that with the quota add up to `price` exactly, each tax inside its window.

    IVA first, then IEPS out of what is left: both times a whole-cent price is split into half-up(price / (1 + rate))
    and the rest, which is always inside the window (proof at ENGINE MON-2). Rounding the base in one step, by
    (1 + IEPS)(1 + IVA), is not: it leaves IVA's window for up to 61 % of prices (MON-5).
    """
    before_iva = quantize(over(price, ONE + taxes.iva), unit)
    taxable = before_iva - quota
    base = quantize(over(taxable, ONE + taxes.ieps), unit) if taxes.ieps else taxable
    return base, taxable - base, price - before_iva


def _traslados(line: Line, base: Decimal, ieps: Decimal, iva: Decimal, quota: Decimal) -> Iterator[Traslado]:
    for tax in line.impuestos:
        if tax.retencion:
            continue
        # IEPS is part of IVA's base (TAX-3); a quota's base is units.
        if tax.tipo_factor == CUOTA:
            yield Traslado(line.cantidad, tax.impuesto, CUOTA, tax.tasa_o_cuota, quota)
            continue
        own_base = base + ieps + quota if tax.impuesto == IVA else base
        if tax.tipo_factor == EXENTO:
            yield Traslado(own_base, tax.impuesto, EXENTO)
        else:
            yield Traslado(own_base, tax.impuesto, TASA, tax.tasa_o_cuota, iva if tax.impuesto == IVA else ieps)


def _retenciones(line: Line, base: Decimal, unit: Decimal) -> Iterator[Retencion]:
    for tax in line.impuestos:
        if tax.retencion and tax.tasa_o_cuota is not None:
            own_base = line.cantidad if tax.tipo_factor == CUOTA else base
            importe = quantize(times(own_base, tax.tasa_o_cuota), unit)
            yield Retencion(own_base, tax.impuesto, tax.tipo_factor, tax.tasa_o_cuota, importe)


def _written(amount: Decimal, unit: Decimal) -> Decimal:
    """At most six decimals, no trailing zeros beyond the currency's."""
    at_six = quantize(amount, UNITS[6])
    at_unit = quantize(amount, unit)
    return at_unit if at_unit == at_six else at_six.normalize(CONTEXT)
