"""Generic concepts: one line a combination of taxes instead of the articles of a family, with the same cents.

Amounts of lines are added up, never computed again: SubTotal, taxes and Total stay what they were. A sum of rounded
taxes may leave the window of the summed base (CFDI40180, CFDI40186); then the family takes more than one line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from amate.fiscal.comprobante import Retencion, Traslado
from amate.fiscal.money import Taxed
from amate.fiscal.rounding import ZERO, times
from amate.fiscal.windows import tax_window


@dataclass(frozen=True, slots=True)
class Generic:
    """What the invoice says of a family: the articles whose c_ClaveProdServ begins with `family`; "" is every article."""

    family: str
    descripcion: str
    clave_prod_serv: str
    clave_unidad: str


def generic_of(clave_prod_serv: str, generics: Sequence[Generic]) -> Generic | None:
    """The one of its nearest family, or None: that article is told by its own name.

    >>> drinks, all_else = Generic("5020", "Bebidas", "90101501", "E48"), Generic("", "Consumo", "90101501", "E48")
    >>> [generic_of(key, [all_else, drinks]).descripcion for key in ("50201706", "52152101")]
    ['Bebidas', 'Consumo']
    """
    found = [one for one in generics if clave_prod_serv.startswith(one.family)]
    return max(found, key=lambda one: len(one.family), default=None)


Kind = tuple[str, tuple[tuple[str, str, Decimal | None], ...], tuple[tuple[str, str, Decimal], ...]]


def kind_of(objeto_imp: str, taxed: Taxed) -> Kind:
    """What lines must share to be told as one: the object of tax, and each tax with its factor and rate."""
    return (
        objeto_imp,
        tuple(sorted(((t.impuesto, t.tipo_factor, t.tasa_o_cuota) for t in taxed.traslados), key=repr)),
        tuple(sorted(((r.impuesto, r.tipo_factor, r.tasa_o_cuota) for r in taxed.retenciones), key=repr)),
    )


def bundled(lines: Sequence[Taxed], *, decimals: int) -> list[Taxed]:
    """Lines of one kind as few sums that stay inside the SAT's windows: nearly always one.

    Lines whose rounding went up stand next to those whose went down, so that sums hardly drift.
    """
    whole = _sum(lines)
    if _fits(whole, decimals):
        return [whole]
    rising = sorted((_sum([line]) for line in lines), key=_drift)
    made: list[Taxed] = []
    bundle = rising.pop()
    while rising:
        line = rising.pop(0 if _drift(bundle) > 0 else -1)
        more = _sum([bundle, line])
        if _fits(more, decimals):
            bundle = more
        else:
            made.append(bundle)
            bundle = line
    return [*made, bundle]


def _drift(line: Taxed) -> Decimal:
    """How much more tax the line carries than its base times its rates."""
    return sum((amount - times(base, rate) for base, rate, amount in _rated(line)), ZERO)


def _fits(line: Taxed, decimals: int) -> bool:
    return all(tax_window(base, rate, decimals=decimals).holds(amount) for base, rate, amount in _rated(line))


def _rated(line: Taxed) -> Iterator[tuple[Decimal, Decimal, Decimal]]:
    """Base, rate and amount of every tax that has them."""
    for traslado in line.traslados:
        if traslado.tasa_o_cuota is not None and traslado.importe is not None:
            yield traslado.base, traslado.tasa_o_cuota, traslado.importe
    for retencion in line.retenciones:
        yield retencion.base, retencion.tasa_o_cuota, retencion.importe


def _sum(lines: Sequence[Taxed]) -> Taxed:
    """The lines as one of quantity 1."""
    importe = sum((line.importe for line in lines), ZERO)
    first = lines[0]
    return Taxed(
        importe=importe,
        descuento=sum((line.descuento for line in lines), ZERO),
        base=sum((line.base for line in lines), ZERO),
        valor_unitario=importe,
        traslados=tuple(_sum_of_traslado(tax, lines) for tax in first.traslados),
        retenciones=tuple(_sum_of_retencion(tax, lines) for tax in first.retenciones),
        total=sum((line.total for line in lines), ZERO),
    )


def _sum_of_traslado(like: Traslado, lines: Sequence[Taxed]) -> Traslado:
    kind = (like.impuesto, like.tipo_factor, like.tasa_o_cuota)
    same = [t for line in lines for t in line.traslados if (t.impuesto, t.tipo_factor, t.tasa_o_cuota) == kind]
    base = sum((tax.base for tax in same), ZERO)
    if like.importe is None:
        return Traslado(base, like.impuesto, like.tipo_factor)
    return Traslado(base, *kind, sum((tax.importe or ZERO for tax in same), ZERO))


def _sum_of_retencion(like: Retencion, lines: Sequence[Taxed]) -> Retencion:
    kind = (like.impuesto, like.tipo_factor, like.tasa_o_cuota)
    same = [r for line in lines for r in line.retenciones if (r.impuesto, r.tipo_factor, r.tasa_o_cuota) == kind]
    return Retencion(sum((tax.base for tax in same), ZERO), *kind, sum((tax.importe for tax in same), ZERO))
