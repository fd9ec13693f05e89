"""What a credit note takes back of a document: an amount at the document's own rates, or the whole of a ticket.

It is written as 84111506/ACT (REL-2, AFT-B). Amounts come from the document's lines, so no rate is ever invented.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from amate.fiscal.comprobante import Concepto, DocumentRefused
from amate.fiscal.generic import Kind, bundled, kind_of
from amate.fiscal.heading import clean_field
from amate.fiscal.money import Impuesto, Line, Taxed, tax_line
from amate.fiscal.rounding import ONE, UNITS, ZERO, over, quantize, times
from amate.fiscal.share import share_out
from amate.fiscal.tables.impuestos import CUOTA

SERVICIOS_DE_FACTURACION, ACTIVIDAD = "84111506", "ACT"
_TRIES = 20


def credit_amount(
    amount: Decimal,
    *,
    of: Sequence[Concepto],
    descripcion: str,
    no_identificacion: str | None = None,
    decimals: int = 2,
) -> list[Concepto]:
    """`amount`, taxes included and what is withheld already taken off, shared among the kinds of lines of a document in
    proportion to what they cost. The whole of it takes back its very cents.

    Raises `DocumentRefused` on "amount": not above zero, more than the document, or part of one with a quota of IEPS,
    which is paid by the unit and credited by the line.
    """
    unit = UNITS[decimals]
    kinds: dict[Kind, list[Taxed]] = {}
    for concepto in of:
        amounts = taxed_of(concepto)
        kinds.setdefault(kind_of(concepto.objeto_imp, amounts), []).append(amounts)
    weights = [sum((line.total for line in lines), ZERO) for lines in kinds.values()]
    whole = sum(weights, ZERO)
    if not 0 < amount <= whole or quantize(amount, unit) != amount:
        raise DocumentRefused("amount", f"Acredita entre {unit} y {whole}, lo que dice el documento")
    credited: list[tuple[Kind, Taxed]] = []
    for (kind, lines), part in zip(kinds.items(), share_out(amount, weights, unit=unit), strict=True):
        if amount == whole:
            credited.extend((kind, line) for line in bundled(lines, decimals=decimals))
        elif part > 0:
            credited.append((kind, _part_of(kind, lines, part, decimals)))
    said = clean_field("descripcion", descripcion, 1000)
    if said is None:
        raise DocumentRefused("descripcion", "Escribe por qué se acredita")
    return [
        concepto_of_credit(kind[0], line, said, clean_field("ticket", no_identificacion, 100))
        for kind, line in credited
    ]


def credit_tickets(of: Iterable[Concepto], *, descripcion: str) -> list[Concepto]:
    """The lines of a factura global that stand for the tickets given back or invoiced apart, cent by cent (AFT-B, C)."""
    said = clean_field("descripcion", descripcion, 1000)
    if said is None:
        raise DocumentRefused("descripcion", "Escribe por qué se acredita")
    return [
        concepto._replace(clave_prod_serv=SERVICIOS_DE_FACTURACION, clave_unidad=ACTIVIDAD, descripcion=said)
        for concepto in of
    ]


def taxed_of(concepto: Concepto) -> Taxed:
    """The amounts of a written line, with what it adds to the Total."""
    base = concepto.importe - (concepto.descuento or ZERO)
    total = base
    for traslado in concepto.traslados:
        total += traslado.importe or ZERO
    for retencion in concepto.retenciones:
        total -= retencion.importe
    return Taxed(
        concepto.importe,
        concepto.descuento or ZERO,
        base,
        concepto.valor_unitario,
        concepto.traslados,
        concepto.retenciones,
        total,
    )


def _part_of(kind: Kind, lines: Sequence[Taxed], part: Decimal, decimals: int) -> Taxed:
    """One line of this kind whose total is `part`. What is withheld is off the total and not off the price, so the
    price is looked for: a cent more of it is at most a cent more of total, so every total is met."""
    objeto_imp, traslados, retenciones = kind
    if any(factor == CUOTA for _, factor, _ in (*traslados, *retenciones)):
        raise DocumentRefused("amount", "El documento lleva IEPS por cuota: acredita por renglón, no por importe")
    taxes = (
        *(Impuesto(impuesto, factor, tasa) for impuesto, factor, tasa in traslados),
        *(Impuesto(impuesto, factor, tasa, retencion=True) for impuesto, factor, tasa in retenciones),
    )
    held = sum((retencion.importe for line in lines for retencion in line.retenciones), ZERO)
    total = sum((line.total for line in lines), ZERO)
    price = quantize(over(times(part, total + held), total), UNITS[decimals])
    for _ in range(_TRIES):
        made = tax_line(Line(ONE, price, taxes, objeto_imp=objeto_imp), decimals=decimals)
        if made.total == part:
            return made
        price += part - made.total
    raise DocumentRefused("amount", f"{part} no se puede acreditar con estas retenciones: cámbialo por un centavo")


def concepto_of_credit(objeto_imp: str, line: Taxed, descripcion: str, no_identificacion: str | None) -> Concepto:
    """The line of a credit note: one act of giving back, whatever it was that is given back."""
    return Concepto(
        clave_prod_serv=SERVICIOS_DE_FACTURACION,
        cantidad=ONE,
        clave_unidad=ACTIVIDAD,
        descripcion=descripcion,
        valor_unitario=line.importe,
        importe=line.importe,
        objeto_imp=objeto_imp,
        descuento=line.descuento or None,
        no_identificacion=no_identificacion,
        traslados=line.traslados,
        retenciones=line.retenciones,
    )
