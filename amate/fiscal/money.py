"""The only place that rounds: from price, quantity and taxes to the amounts of a line and of its CFDI (ENGINE MON).

Every amount of a line has the currency's decimals, so a document is a sum of whole cents: with taxes included in the
price its total is the printed total, to the cent, and every tax stays inside the SAT's window (FISCAL RND-2).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from amate.fiscal.comprobante import Impuestos, Retencion, RetencionTotal, Traslado
from amate.fiscal.line import NO_GIFTS, Taxes, check_numbers, taxes_of_line
from amate.fiscal.line import Impuesto as Impuesto
from amate.fiscal.line import Line as Line
from amate.fiscal.line import MoneyRefused as MoneyRefused
from amate.fiscal.rounding import CONTEXT, ONE, UNITS, ZERO, over, quantize, times
from amate.fiscal.rounding import q2 as q2
from amate.fiscal.rounding import q6 as q6
from amate.fiscal.tables.impuestos import CUOTA, EXENTO, IVA, TASA
from amate.fiscal.windows import Window as Window
from amate.fiscal.windows import importe_window as importe_window
from amate.fiscal.windows import tax_window as tax_window
from amate.fiscal.windows import written_decimals as written_decimals


class Taxed(NamedTuple):
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
    taxes = taxes_of_line(line.objeto_imp, line.impuestos)
    check_numbers(line)
    gross = quantize(times(line.cantidad, line.precio), unit)
    discount = quantize(line.descuento, unit) if line.descuento else ZERO
    if gross <= discount:
        raise _empty(line.descuento)
    quota = quantize(times(line.cantidad, taxes.cuota), unit) if taxes.cuota else ZERO
    if line.incluye_impuestos:
        base, ieps, iva = _take_out(gross - discount, taxes, quota, unit)
        importe = _take_out(gross, taxes, quota, unit)[0] if discount else base
        # At six decimals it is off by less than importe_window allows, for fewer than 10^9 units (MON-2).
        valor_unitario = importe if line.cantidad == ONE else _written(over(importe, line.cantidad), unit)
    else:
        importe, base = gross, gross - discount
        ieps = quantize(times(base, taxes.ieps), unit)
        iva = quantize(times(base + ieps + quota, taxes.iva), unit)
        valor_unitario = _written(line.precio, unit)
    if base <= ZERO:
        raise _empty(line.descuento)
    if valor_unitario <= ZERO:
        raise MoneyRefused("precio", "El precio por unidad es menor que una millonésima: vende en una unidad mayor")
    traslados = tuple([_traslado(tax, line.cantidad, base, ieps, iva, quota) for tax in taxes.transferred])
    retenciones = tuple(_retenciones(line, base, unit)) if taxes.retained else ()
    total = base + ieps + iva + quota
    for retencion in retenciones:
        total -= retencion.importe
    return Taxed(importe, importe - base, base, valor_unitario, traslados, retenciones, total)


def tax_amount(gross: Decimal, discount: Decimal, taxes: Taxes, *, unit: Decimal = UNITS[2]) -> Taxed:
    """One thing that cost `gross` less `discount`, whole cents, transferred taxes inside; neither quota nor withholding.

    Raises `MoneyRefused` when nothing is left to tax.
    """
    base, ieps, iva = _take_out(gross - discount, taxes, ZERO, unit)
    if base <= ZERO:
        raise _empty(discount)
    importe = _take_out(gross, taxes, ZERO, unit)[0] if discount else base
    traslados = tuple([_traslado(tax, ONE, base, ieps, iva, ZERO) for tax in taxes.transferred])
    return Taxed(importe, importe - base, base, importe, traslados, (), base + ieps + iva)


def summarise(taxed: Sequence[Taxed], *, decimals: int = 2) -> Totals:
    """Add up the lines. Summary taxes are sums of line taxes, never base × rate (CFDI40211, CFDI40215, CFDI40221)."""
    unit = UNITS[decimals]
    subtotal = discount = total = nothing = quantize(ZERO, unit)
    transferred: dict[tuple[str, str, Decimal | None], list[Decimal]] = {}
    retained: dict[str, Decimal] = {}
    for line in taxed:
        subtotal += line.importe
        discount += line.descuento
        total += line.total
        for traslado in line.traslados:
            key = (traslado.impuesto, traslado.tipo_factor, traslado.tasa_o_cuota)
            sums = transferred.get(key)
            if sums is None:
                transferred[key] = [traslado.base, traslado.importe or nothing]
                continue
            sums[0] += traslado.base
            if traslado.importe:
                sums[1] += traslado.importe
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


def _empty(discount: Decimal) -> MoneyRefused:
    # CON-4: neither SAT nor schema takes a base of zero.
    if discount:
        return MoneyRefused("descuento", f"El descuento deja la línea en cero. {NO_GIFTS}")
    return MoneyRefused("precio", "El precio no deja ni un centavo antes de impuestos: revísalo o quita la línea")


def _take_out(price: Decimal, taxes: Taxes, quota: Decimal, unit: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Base, IEPS by rate and IVA that with the quota add up to `price` exactly, each tax inside its window.

    IVA first, then IEPS out of what is left: both times a whole-cent price is split into half-up(price / (1 + rate))
    and the rest, which is always inside the window (proof at ENGINE MON-2). Rounding the base in one step, by
    (1 + IEPS)(1 + IVA), is not: it leaves IVA's window for up to 61 % of prices (MON-5).
    """
    before_iva = quantize(over(price, taxes.with_iva), unit) if taxes.iva else price
    taxable = before_iva - quota if quota else before_iva
    base = quantize(over(taxable, taxes.with_ieps), unit) if taxes.ieps else taxable
    return base, taxable - base, price - before_iva


def _traslado(tax: Impuesto, cantidad: Decimal, base: Decimal, ieps: Decimal, iva: Decimal, quota: Decimal) -> Traslado:
    # IEPS is part of IVA's base (TAX-3); a quota's base is units.
    if tax.tipo_factor == CUOTA:
        return Traslado(cantidad, tax.impuesto, CUOTA, tax.tasa_o_cuota, quota)
    own_base = base + ieps + quota if tax.impuesto == IVA else base
    if tax.tipo_factor == EXENTO:
        return Traslado(own_base, tax.impuesto, EXENTO)
    return Traslado(own_base, tax.impuesto, TASA, tax.tasa_o_cuota, iva if tax.impuesto == IVA else ieps)


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
