"""From rows to what customers are subscribed to already, elsewhere, and when it is billed next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from amate.intake.cells import CellRefused, read_code, read_moment, read_number
from amate.intake.columns import LABELS
from amate.intake.found import Bad, Good, Wrong
from amate.intake.options import Options
from amate.intake.owners import NOBODY, read_owner
from amate.intake.reader import Reader
from amate.intake.rows import Row

_LABELS = LABELS["subscribed"]
_LONGEST = {"referencia": 80, "etiqueta": 120}


@dataclass(frozen=True, slots=True)
class Subscribed:
    """`next_on`: the first day of the period that we bill first; those before it were billed elsewhere. `price`: of one
    unit, None for the plan's. `reference`: its key in the old system, "" if it has none."""

    owner: str
    plan: str
    starts_on: date
    next_on: date
    quantity: Decimal
    price: Decimal | None
    ends_on: date | None
    label: str
    reference: str


def read_subscribed(reader: Reader, rows: Iterable[Row]) -> Iterator[Good[Subscribed] | Bad]:
    """One row, one subscription. One that comes twice is refused: which of the two was meant?"""
    seen: set[object] = set()
    for row in rows:
        errors: list[Wrong] = []
        found = _subscribed(reader, row, errors)
        if found is not None:
            key = found.reference or (found.owner, found.plan, found.starts_on, found.label)
            if key in seen:
                again = "Esta suscripción ya apareció antes en este archivo: deja solo una, o dales claves distintas"
                errors.append(Wrong(row.number, _LABELS["referencia"], again))
            seen.add(key)
        yield Good(row.number, 1, found) if found and not errors else Bad(row.number, 1, tuple(errors))


def _subscribed(reader: Reader, row: Row, errors: list[Wrong]) -> Subscribed | None:
    def cell(field: str) -> str:
        return reader.cell(row, field)

    options, field = reader.options, "cliente"
    try:
        owner = read_owner(cell("cliente"))
        if not owner:
            raise CellRefused(NOBODY.format(""))
        field = "plan"
        plan = read_code(cell(field))
        if not plan:
            raise CellRefused("Falta el plan: escribe su clave o su nombre, como está en Planes")
        field = "inicio"
        starts_on = _day(cell(field), options)
        if starts_on is None:
            raise CellRefused("Falta el día en que empezó el servicio")
        field = "siguiente"
        next_on = _day(cell(field), options) or starts_on
        if next_on == starts_on and starts_on < reader.day:
            raise CellRefused(
                f"Falta qué día empieza el próximo periodo por cobrar: sin él cobraríamos otra vez desde el {starts_on:%d/%m/%Y}"
            )
        if next_on < starts_on:
            raise CellRefused("Es de antes de que empezara el servicio: revisa los dos días")
        field = "cantidad"
        quantity = read_number(cell(field), comma=options.comma) if cell(field) else Decimal(1)
        field = "precio"
        price = read_number(cell(field), comma=options.comma) if cell(field) else None
        field = "fin"
        ends_on = _day(cell(field), options)
        for field in _LONGEST:
            if len(cell(field)) > _LONGEST[field]:
                raise CellRefused(f"Acórtala: caben {_LONGEST[field]} letras y trae {len(cell(field))}")
        field = "referencia"
        reference = read_code(cell(field))
    except CellRefused as refused:
        errors.append(Wrong(row.number, _LABELS[field], refused.message))
        return None
    return Subscribed(owner, plan, starts_on, next_on, quantity, price, ends_on, cell("etiqueta"), reference)


def _day(text: str, options: Options) -> date | None:
    return read_moment(text, month_first=options.month_first).date() if text else None
