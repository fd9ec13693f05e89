"""Goods or money given back of a sold line: what remains of it, and what its credit note says (REL-2, AFT-C).

What is given back is worth what the line cost before less what it costs after: whatever comes back in however many
parts, the parts and the rest add up to what was paid, to the cent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from amate.fiscal.comprobante import Concepto, DocumentRefused
from amate.fiscal.credited import concepto_of_credit
from amate.fiscal.generic import Kind, bundled, kind_of
from amate.fiscal.heading import clean_field
from amate.fiscal.line import Line, MoneyRefused
from amate.fiscal.money import Taxed, tax_line
from amate.fiscal.rounding import ONE, UNITS, ZERO, over, q6, quantize, times
from amate.fiscal.tables.impuestos import CUOTA

_TRIES = 20
As = Callable[[Line], Line]
"""A line as the document tells it: with a withholding, for instance."""


@dataclass(frozen=True, slots=True)
class Given:
    """Of one line: so many of it, or so much money of it, taxes included. One of both."""

    cantidad: Decimal | None = None
    importe: Decimal | None = None


def cost_of(line: Line | None, *, decimals: int = 2) -> Decimal:
    """What a line, or nothing, adds to the total."""
    return ZERO if line is None else tax_line(line, decimals=decimals).total


def less(line: Line | None, given: Given, *, decimals: int = 2) -> Line | None:
    """What remains of the line; None when nothing does. Raises `MoneyRefused` on "cantidad" or "importe".

    >>> pair = Line(Decimal(2), Decimal(100), objeto_imp="01", descuento=Decimal(10))
    >>> one = less(pair, Given(cantidad=Decimal(1)))
    >>> str(one.cantidad), str(one.descuento), less(one, Given(cantidad=Decimal(1)))
    ('1', '5.00', None)
    """
    if line is None:
        raise MoneyRefused("cantidad", "De esta partida ya se devolvió todo")
    if given.cantidad is not None:
        return _less_of_it(line, given.cantidad, decimals)
    assert given.importe is not None
    return _less_money(line, given.importe, decimals)


def _less_of_it(line: Line, cantidad: Decimal, decimals: int) -> Line | None:
    if not ZERO < cantidad <= line.cantidad:
        raise MoneyRefused(
            "cantidad", f"De esta partida quedan {line.cantidad.normalize():f}: devuelve de ahí para abajo"
        )
    left = line.cantidad - cantidad
    if not left:
        return None
    discount = quantize(over(times(line.descuento, left), line.cantidad), UNITS[decimals]) if line.descuento else ZERO
    return _sellable(replace(line, cantidad=left, descuento=discount), "cantidad", decimals)


def _less_money(line: Line, importe: Decimal, decimals: int) -> Line | None:
    cost = cost_of(line, decimals=decimals)
    if not ZERO < importe <= cost:
        raise MoneyRefused("importe", f"De esta partida quedan {cost}: devuelve de ahí para abajo")
    if importe == cost:
        return None
    if line.incluye_impuestos and not any(tax.retencion for tax in line.impuestos):
        return _sellable(replace(line, descuento=line.descuento + importe), "importe", decimals)
    return _worth(line, cost - importe, decimals)


def _sellable(line: Line, field: str, decimals: int) -> Line:
    try:
        tax_line(line, decimals=decimals)
    except MoneyRefused as refused:
        raise MoneyRefused(
            field, "Lo que queda de esta partida ya no se puede facturar: devuélvela entera"
        ) from refused
    return line


def _worth(line: Line, total: Decimal, decimals: int) -> Line:
    """So many of the line for exactly so much, taxes included. What is withheld is off the total and not off the price, so
    the price is looked for."""
    paid = total
    for _ in range(_TRIES):
        made = replace(line, precio=q6(over(paid, line.cantidad)), descuento=ZERO, incluye_impuestos=True)
        found = _sellable(made, "importe", decimals)
        off = total - cost_of(found, decimals=decimals)
        if not off:
            return found
        paid += off
    raise MoneyRefused("importe", f"{total} no sale exacto con los impuestos de esta partida: cámbialo por un centavo")


def given_back(line: Line, given: Given, *, told_as: As, decimals: int = 2) -> Taxed:
    """What the credit note says of it: at the line's own rates, and exactly what the document's line costs less now."""
    rest = less(line, given, decimals=decimals)
    before = told_as(line)
    worth = cost_of(before, decimals=decimals) - cost_of(None if rest is None else told_as(rest), decimals=decimals)
    if worth <= 0:
        raise MoneyRefused("cantidad", "Eso vale menos de un centavo: no hay nada que acreditar")
    if rest is None:
        return tax_line(before, decimals=decimals)
    if given.cantidad is not None:
        part = told_as(replace(line, cantidad=given.cantidad, descuento=line.descuento - rest.descuento))
        if cost_of(_sellable(part, "cantidad", decimals), decimals=decimals) != worth:
            part = _worth(part, worth, decimals)
    else:  # money off the price: the units that a quota counts are still sold
        no_quota = tuple(tax for tax in before.impuestos if tax.tipo_factor != CUOTA)
        part = _worth(replace(before, cantidad=ONE, impuestos=no_quota), worth, decimals)
    return tax_line(part, decimals=decimals)


def credit_lines(
    parts: Sequence[tuple[str, str, Taxed]], *, no_identificacion: str | None = None, decimals: int = 2
) -> list[Concepto]:
    """Concepts of a credit note from (what it says, objeto_imp, amounts) of each line. Of a ticket in a global
    (`no_identificacion`) one for each kind of tax, as few as stay inside the SAT's windows."""
    if no_identificacion is None:
        return [concepto_of_credit(objeto, amounts, _said(said), None) for said, objeto, amounts in parts]
    number = clean_field("ticket", no_identificacion, 100)
    kinds: dict[tuple[str, Kind], list[Taxed]] = {}
    for said, objeto, amounts in parts:
        kinds.setdefault((_said(said), kind_of(objeto, amounts)), []).append(amounts)
    return [
        concepto_of_credit(kind[0], one, said, number)
        for (said, kind), lines in kinds.items()
        for one in bundled(lines, decimals=decimals)
    ]


def _said(text: str) -> str:
    said = clean_field("descripcion", text[:1000], 1000)
    if said is None:
        raise DocumentRefused("descripcion", "Escribe por qué se acredita")
    return said
