"""One ticket as the factura global tells it: a concept for each object of tax, one Traslado a rate (GLO-3, GLO-7).

Base and tax are taken out of what the ticket charges at each rate, once: so it costs what was paid and every tax is
inside its window, however many lines it has (MON-2). Prices without taxes, and quotas, are taxed line by line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from amate.fiscal.comprobante import DocumentRefused, Traslado
from amate.fiscal.generic import bundled
from amate.fiscal.heading import clean_field
from amate.fiscal.line import Line, MoneyRefused, Taxes, check_numbers, taxes_of_line
from amate.fiscal.money import Taxed, tax_amount, tax_line
from amate.fiscal.rounding import ONE, UNITS, ZERO, q2, times
from amate.fiscal.tables.impuestos import CUOTA
from amate.fiscal.windows import tax_window

_CENT = UNITS[2]


@dataclass(frozen=True, slots=True)
class GlobalSale:
    """A ticket: its number, how it was paid, its lines in pesos. Cleaned here; raises `DocumentRefused` on "sales"."""

    no_identificacion: str
    forma_pago: str
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        number = clean_field("sales", self.no_identificacion, 100)
        if number is None:
            raise DocumentRefused("sales", "Falta el número de un ticket")
        object.__setattr__(self, "no_identificacion", number)

    @property
    def is_zero(self) -> bool:
        """Nothing was paid for it: the SAT takes no line of zero (GLO-4, CFDI40166)."""
        return all(_is_zero(line) for line in self.lines)


class Ticket(NamedTuple):
    """`lines`: object of tax and amounts of each concept."""

    sale: GlobalSale
    lines: tuple[tuple[str, Taxed], ...]
    total: Decimal


def ticket_of(sale: GlobalSale, place: int) -> Ticket:
    """Raises `MoneyRefused` with the field as "sales.3.lines.0.precio", and `DocumentRefused` for a withholding."""
    groups: list[_Group] = []
    for number, line in enumerate(sale.lines):
        if _is_zero(line):
            continue
        try:
            taxes = taxes_of_line(line.objeto_imp, line.impuestos)
            check_numbers(line)
        except MoneyRefused as refused:
            raise MoneyRefused(f"sales.{place}.lines.{number}.{refused.field}", refused.message) from refused
        if taxes.retained:
            raise DocumentRefused(
                "sales", f"El ticket {sale.no_identificacion} lleva retenciones: necesita su propia factura (GLO-4)"
            )
        apart = bool(taxes.cuota) or not line.incluye_impuestos
        for group in groups:
            if group.taxes is taxes and group.apart == apart and group.objeto_imp == line.objeto_imp:
                group.lines.append(line)
                break
        else:
            groups.append(_Group(line.objeto_imp, taxes, apart, number, [line]))
    try:
        if len(groups) == 1:
            (only,) = groups
            lines = tuple([(only.objeto_imp, amounts) for amounts in _sums(only)])
        else:
            lines = tuple(_by_object(groups))
    except MoneyRefused as refused:
        raise MoneyRefused(f"sales.{place}.lines.{groups[0].first}.{refused.field}", refused.message) from refused
    if len(lines) == 1:
        return Ticket(sale, lines, lines[0][1].total)
    return Ticket(sale, lines, sum([amounts.total for _, amounts in lines], ZERO))


@dataclass(slots=True)
class _Group:
    """Lines of one ticket that bear the same taxes; `apart`: to be taxed line by line; `first`: place of the first."""

    objeto_imp: str
    taxes: Taxes
    apart: bool
    first: int
    lines: list[Line]


def _is_zero(line: Line) -> bool:
    if not line.descuento and line.precio >= _CENT and line.cantidad >= ONE:
        return False  # nearly every line
    return q2(times(line.cantidad, line.precio)) == q2(line.descuento)


def _by_object(groups: Sequence[_Group]) -> Iterator[tuple[str, Taxed]]:
    """One concept an object of tax; several only if a rate that groups share can be kept in its window no other way."""
    objects: dict[str, list[Taxed]] = {}
    for group in groups:
        objects.setdefault(group.objeto_imp, []).extend(_sums(group))
    for objeto_imp, sums in objects.items():
        merged = sums[0] if len(sums) == 1 else _merged(sums)
        if len(sums) > 1 and not _fits(merged):
            merged_at_last = _moved(sums)
            if merged_at_last is None:
                yield from ((objeto_imp, amounts) for amounts in sums)
                continue
            merged = merged_at_last
        yield objeto_imp, merged


def _moved(sums: Sequence[Taxed]) -> Taxed | None:
    """The sum with some cents moved between base and tax of a line that bears a single rate (RND-4): what the ticket
    cost stays. None when no such line is there."""
    for place, line in enumerate(sums):
        if len(line.traslados) != 1 or not line.traslados[0].importe:
            continue
        (tax,) = line.traslados
        for cents in (_CENT, -_CENT, 2 * _CENT, -2 * _CENT, 3 * _CENT, -3 * _CENT):
            base, importe = tax.base + cents, line.traslados[0].importe - cents
            if tax.tipo_factor == CUOTA or base <= ZERO or importe < ZERO:
                continue
            other = line._replace(
                importe=line.importe + cents,
                base=base,
                valor_unitario=line.importe + cents,
                traslados=(tax._replace(base=base, importe=importe),),
            )
            merged = _merged([*sums[:place], other, *sums[place + 1 :]])
            if _fits(merged):
                return merged
    return None


def _sums(group: _Group) -> list[Taxed]:
    """A group as one line of quantity 1; more only for a quota whose sum leaves its window."""
    if not group.apart:
        gross = discount = ZERO
        for line in group.lines:
            gross += q2(times(line.cantidad, line.precio))
            if line.descuento:
                discount += q2(line.descuento)
        return [tax_amount(gross, discount, group.taxes)]
    taxed = [tax_line(line) for line in group.lines]
    merged = _merged(taxed)
    if len(taxed) == 1 or _fits(merged):
        return [merged]
    if group.taxes.cuota:
        return bundled(taxed, decimals=2)  # a quota is pesos a unit: it is in no price
    again = tax_amount(merged.total, ZERO, group.taxes)
    importe = again.base + merged.descuento
    return [Taxed(importe, merged.descuento, again.base, importe, again.traslados, (), again.total)]


def _merged(lines: Sequence[Taxed]) -> Taxed:
    """The sum of lines, its taxes one a rate in the order they first came."""
    if len(lines) == 1:
        (line,) = lines
        return Taxed(line.importe, line.descuento, line.base, line.importe, line.traslados, (), line.total)
    importe = descuento = base = total = ZERO
    rates: list[Traslado] = []
    for line in lines:
        importe += line.importe
        descuento += line.descuento
        base += line.base
        total += line.total
        for tax in line.traslados:
            for place, known in enumerate(rates):
                if (
                    known.tasa_o_cuota == tax.tasa_o_cuota
                    and known.impuesto == tax.impuesto
                    and known.tipo_factor == tax.tipo_factor
                ):
                    more = None if known.importe is None or tax.importe is None else known.importe + tax.importe
                    rates[place] = Traslado(
                        known.base + tax.base, tax.impuesto, tax.tipo_factor, tax.tasa_o_cuota, more
                    )
                    break
            else:
                rates.append(tax)
    return Taxed(importe, descuento, base, importe, tuple(rates), (), total)


def _fits(line: Taxed) -> bool:
    """Whether every tax of it is inside the SAT's window."""
    for tax in line.traslados:
        if tax.tasa_o_cuota is None or tax.importe is None:
            continue
        # Within one unit of the product is inside any window; the formula itself costs ten times more (RND-2).
        if abs(times(tax.base, tax.tasa_o_cuota) - tax.importe) < _CENT:
            continue
        if not tax_window(tax.base, tax.tasa_o_cuota).holds(tax.importe):
            return False
    return True
