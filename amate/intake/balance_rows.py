"""From rows to what each customer owed, or had in his favour, when the business moved in."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from amate.fiscal.rounding import q2
from amate.intake.cells import CellRefused, read_code, read_moment, read_number
from amate.intake.columns import LABELS
from amate.intake.found import Bad, Good, Wrong
from amate.intake.options import NO_RATE, Options
from amate.intake.owners import NOBODY, read_owner
from amate.intake.reader import Reader
from amate.intake.rows import Row

_LABELS = LABELS["balances"]
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
LONGEST_REFERENCE = 50
NO_IVA = (
    "Falta decir cuánto IVA hay en este saldo: ponlo en el archivo, o elige su tasa en el mapeo. No suponemos ninguna"
)


@dataclass(frozen=True, slots=True)
class Balance:
    """`amount` below zero is in the customer's favour. `iva`: how much of it is IVA. `reference` names the debt once for
    ever: the UUID of its invoice if it has one, or whatever the old system calls it. `due_on` None: with the terms of the
    company. `brought`: its customer comes with the very same file.
    `parcialidad`: the last one that a REP tells of it, where its REPs came too."""

    owner: str
    reference: str
    uuid: str
    concept: str
    amount: Decimal
    iva: Decimal
    issued_on: date
    due_on: date | None
    brought: bool = False
    moneda: str = "MXN"
    parcialidad: int | None = None


def read_balances(reader: Reader, rows: Iterable[Row]) -> Iterator[Good[Balance] | Bad]:
    """One row, one debt. One that comes twice is refused: which of the two was meant?"""
    seen: set[tuple[str, str]] = set()
    for row in rows:
        errors: list[Wrong] = []
        found = _balance(reader, row, errors)
        if found is not None and (key := (found.owner, found.reference)) in seen:
            again = f"El adeudo {found.reference} de {found.owner} ya apareció antes en este archivo: deja solo uno"
            errors.append(Wrong(row.number, _LABELS["referencia"], again))
        elif found is not None:
            seen.add(key)
        yield Good(row.number, 1, found) if found and not errors else Bad(row.number, 1, tuple(errors))


def _balance(reader: Reader, row: Row, errors: list[Wrong]) -> Balance | None:
    def cell(field: str) -> str:
        return reader.cell(row, field)

    options, field = reader.options, "cliente"
    try:
        owner = read_owner(cell("cliente"))
        if not owner:
            raise CellRefused(NOBODY.format(""))
        field = "uuid"
        uuid = read_code(cell(field)).upper()
        if uuid and not _UUID.fullmatch(uuid):
            raise CellRefused(f"“{uuid}” no es un folio fiscal: cópialo de la factura, o deja la celda vacía")
        field = "referencia"
        reference = uuid or read_code(cell(field))
        if not reference:
            raise CellRefused("Falta el folio o la clave de este adeudo: sin ella, subirlo otra vez lo duplicaría")
        if len(reference) > LONGEST_REFERENCE:
            raise CellRefused(f"Acórtala: caben {LONGEST_REFERENCE} letras y trae {len(reference)}")
        field = "saldo"
        amount = read_number(cell(field), comma=options.comma)
        if not amount or amount != q2(amount):
            raise CellRefused(f"“{cell(field)}” no es un saldo: escríbelo en pesos y centavos, distinto de cero")
        field = "emision"
        issued_on = _day(cell(field), options) or reader.day
        if issued_on > reader.day:
            raise CellRefused("Ese día aún no llega: un saldo inicial es de hoy o de antes")
        field = "vence"
        due_on = _day(cell(field), options)
        field = "iva"
        iva = _iva(amount, cell(field), options)
    except CellRefused as refused:
        errors.append(Wrong(row.number, _LABELS[field], refused.message))
        return None
    concept = cell("concepto") or f"Saldo inicial {read_code(cell('referencia')) or reference}"
    return Balance(owner, reference, uuid, concept[:1000], q2(amount), iva, issued_on, due_on)


def _day(text: str, options: Options) -> date | None:
    return read_moment(text, month_first=options.month_first).date() if text else None


def _iva(amount: Decimal, text: str, options: Options) -> Decimal:
    """In pesos, as the row says; or at the rate that was chosen for all. What stands in his favour has none yet."""
    if amount < 0:
        return Decimal("0.00")
    if text:
        iva = read_number(text, comma=options.comma)
        if iva < 0 or iva >= amount:
            raise CellRefused(f"“{text}” no cabe en el saldo: escribe los pesos de IVA que hay en él, no la tasa")
        return q2(iva)
    if not options.iva:
        raise CellRefused(NO_IVA)
    rate = Decimal(0) if options.iva in NO_RATE else Decimal(options.iva)
    return q2(amount * rate / (1 + rate))
