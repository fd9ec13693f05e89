"""Balances of the past: of each PPD invoice that stands, what its REPs and credit notes leave."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from amate.companies.day import day_of
from amate.fiscal.rfc import GENERICS
from amate.fiscal.rounding import over, q2, times
from amate.intake.balance_rows import Balance
from amate.intake.balances import keep_balances, look_at_balances
from amate.intake.found import Good
from amate.intake.models import Batch
from amate.intake.past.gaps import Note
from amate.intake.past.models import GapKind
from amate.intake.past.owed import Owed, PaidAt, owed_of
from amate.intake.past.standing import STANDS, THERE
from amate.intake.told import Told

CHUNK = 500
OWED = f"""
SELECT c.id, c."row", c.uuid, c.serie, c.folio, c.fecha, c.rfc, c.nombre, c.moneda, c.total, c.iva
FROM intake_pastcfdi c
WHERE c.batch_id = %(batch)s AND c.tipo = 'I' AND c.metodo_pago = 'PPD' AND {STANDS.format("c")} AND c.id > %(after)s
ORDER BY c.id LIMIT {CHUNK}
"""  # noqa: S608  of constants
PAID = f"""
SELECT p.uuid, p.parcialidad, p.saldo_ant, p.pagado, p.insoluto, p.moneda
FROM intake_pastpaid p JOIN intake_pastcfdi r ON r.batch_id = p.batch_id AND r.uuid = p.rep
WHERE p.uuid = ANY(%(uuids)s::uuid[]) AND {STANDS.format("r")}
"""  # noqa: S608
# How many invoices a note names, and what they come to: of several each has its share.
NOTES = f"""
SELECT n.named, e.uuid, e.total, e.moneda, e.serie || '-' || e.folio, o.many, o.sum
FROM (SELECT DISTINCT batch_id, uuid, named FROM intake_pastnamed
      WHERE named = ANY(%(uuids)s::uuid[]) AND tipo_relacion IN ('01', '03', '07')) n
JOIN intake_pastcfdi e ON e.batch_id = n.batch_id AND e.uuid = n.uuid AND e.tipo = 'E' AND {STANDS.format("e")}
CROSS JOIN LATERAL (
  SELECT count(DISTINCT m.named) AS many, coalesce(sum(i.total), 0) AS sum
  FROM (SELECT DISTINCT named FROM intake_pastnamed
        WHERE batch_id = e.batch_id AND uuid = e.uuid AND tipo_relacion IN ('01', '03', '07')) m
  LEFT JOIN intake_pastcfdi i ON i.uuid = m.named AND i.tipo = 'I' AND {THERE.format("i")}) o
"""  # noqa: S608

OF_GENERIC = "Se deben {:,.2f} de una factura a {}: un RFC genérico no es de nadie. Da de alta al cliente y su saldo en Saldos iniciales"
OF_NOBODY = "Se deben {:,.2f} de una factura a {}, y con sus datos no se puede dar de alta: agrégalo, y su saldo en Saldos iniciales"
OF_SEVERAL = "La nota {} es de {} facturas y no dice cuánto de cada una: la repartimos según sus totales"


@dataclass(frozen=True, slots=True)
class Opens:
    """A PPD invoice that stands, and what is left of it."""

    row: int
    uuid: UUID
    number: str
    issued_on: date
    rfc: str
    moneda: str
    total: Decimal
    iva: Decimal
    owed: Owed


def look_at_past_balances(*, batch: Batch, told: Told, nobody: Collection[str], note: Note, now: datetime) -> Told:
    """`told` gets what is wrong; answers what there is. `nobody`: RFCs that are no customer's and will not be."""
    walk = _Walk(batch, nobody, note, day_of(now), brought=True)
    return walk.through(told, lambda chunk, own: look_at_balances(batch, chunk, own, now))


def keep_past_balances(*, batch: Batch, told: Told, nobody: Collection[str], now: datetime) -> Told:
    """Their customers are there by now."""
    walk = _Walk(batch, nobody, _told_before, day_of(now), brought=False)
    return walk.through(told, lambda chunk, own: keep_balances(batch, chunk, own, now))


def _told_before(kind: GapKind, about: str, sentence: str) -> None:
    """By the dry run."""


@dataclass(frozen=True, slots=True)
class _Walk:
    batch: Batch
    nobody: Collection[str]
    note: Note
    today: date
    brought: bool

    def through(self, told: Told, act: Callable[[list[Good[Balance]], Told], None]) -> Told:
        whole = Told()
        for chunk in opens_in(self.batch, self.note):
            act([Good(one.row, 1, self._balance(one)) for one in chunk if self._is_owed(one)], whole)
        told.counts.bad += whole.counts.bad
        told.counts.bad_rows += whole.counts.bad_rows
        told.errors += whole.errors
        return whole

    def _is_owed(self, one: Opens) -> bool:
        left = one.owed.amount
        if left and (one.rfc in GENERICS or one.rfc in self.nobody):
            sentence = OF_GENERIC if one.rfc in GENERICS else OF_NOBODY
            self.note(GapKind.GENERIC, one.number, sentence.format(left, one.rfc))
            return False
        return left > 0

    def _balance(self, one: Opens) -> Balance:
        """As much of it is IVA as of the whole invoice."""
        left = one.owed.amount
        return Balance(
            owner=one.rfc,
            reference=str(one.uuid).upper(),
            uuid=str(one.uuid).upper(),
            concept=f"Factura {one.number}",
            amount=left,
            iva=min(q2(over(times(one.iva, left), one.total)), left),
            issued_on=min(one.issued_on, self.today),
            due_on=None,
            brought=self.brought,
            moneda=one.moneda,
            parcialidad=one.owed.parcialidad,
        )


def opens_in(batch: Batch, note: Note) -> Iterator[list[Opens]]:
    """In chunks, in the order of the upload. What does not agree is noted."""
    after = 0
    while True:
        rows = _rows(OWED, batch=batch.pk, after=after)
        if not rows:
            return
        after = rows[-1][0]
        uuids = [row[2] for row in rows]
        paid: dict[UUID, list[PaidAt]] = defaultdict(list)
        for uuid, *said in _rows(PAID, batch=batch.pk, uuids=uuids):
            paid[uuid].append(PaidAt(*said))
        notes: dict[UUID, list[Any]] = defaultdict(list)
        for uuid, *said in _rows(NOTES, batch=batch.pk, uuids=uuids):
            notes[uuid].append(said)
        yield [_opens(row, paid[row[2]], notes[row[2]], note) for row in rows]


def _opens(row: Sequence[Any], paid: Sequence[PaidAt], notes: Sequence[Any], note: Note) -> Opens:
    _, place, uuid, serie, folio, fecha, rfc, _, moneda, total, iva = row
    number = "-".join(part for part in (serie, folio) if part) or str(uuid)
    credited = []
    for _, of_note, in_moneda, name, many, whole in notes:
        if in_moneda != moneda:
            note(GapKind.CHAIN, number, f"La nota {name} está en {in_moneda} y la factura en {moneda}: no la restamos")
            continue
        if many > 1:
            note(GapKind.SHARED, number, OF_SEVERAL.format(name, many))
        credited.append(q2(over(times(of_note, total), whole)) if many > 1 and whole else of_note)
    owed = owed_of(total=total, moneda=moneda, notes=credited, paid=paid)
    for sentence in owed.troubles:
        note(GapKind.CHAIN, number, sentence)
    issued_on = date.fromisoformat(fecha[:10])
    return Opens(place, uuid, number, issued_on, rfc, moneda, total, iva, owed)


def _rows(sql: str, **facts: Any) -> list[Any]:
    with connection.cursor() as c:
        c.execute(sql, facts)
        return list(c.fetchall())
