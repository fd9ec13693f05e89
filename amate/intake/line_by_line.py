"""What became of each line of a file of sales: the answer that lies beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.clock import zone_of
from amate.intake.found import Good, SaleAt
from amate.intake.models import Batch, Imported
from amate.intake.spool import spooled_from
from amate.intake.told import Told
from amate.intake.walk import things_in
from amate.papers.dates import in_full, zone_in_words
from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Ticket

HEADS = ("Renglón", "Clave", "Resultado", "Código de facturación", "Factura hasta el", "Columna", "Qué corregir")
NEW, KNOWN, HELD, WRONG = "registrada", "ya estaba", "no se registró", "error"


@dataclass(frozen=True, slots=True)
class Line:
    row: int
    key: str
    outcome: str
    code: str = ""
    deadline: str = ""
    column: str = ""
    sentence: str = ""

    def cells(self) -> tuple[str, ...]:
        return (str(self.row), self.key, self.outcome, self.code, self.deadline, self.column, self.sentence)


def lines_of(batch: Batch, path: Path, *, catalogs: Catalogs, now: datetime) -> Iterator[Line]:
    """Line by line as they stand, a sale by its first one; the errors (the first thousand) come last. `path` holds what
    the batch was made of, which is no longer kept when it is registered. Raises FileRefused."""
    told = Told()
    with spooled_from(path, is_utf8=batch.is_utf8, sheet=batch.sheet) as spool:
        for chunk in things_in(batch, spool, catalogs=catalogs, told=told, now=now):
            yield from _registered(batch, chunk)
    seen = {(one.row, one.column) for one in told.errors}
    yield from (Line(one.row, "", WRONG, "", "", one.column, one.sentence) for one in told.errors)
    # Those that only the dry run could know: registered before with other data, a code of another till.
    later = ((row, column, sentence) for row, column, sentence in batch.errors if (row, column) not in seen)
    yield from (Line(row, "", WRONG, "", "", column, sentence) for row, column, sentence in later)


def _registered(batch: Batch, chunk: list[Good[SaleAt]]) -> Iterator[Line]:
    wrong = {row for row, _, _ in batch.errors}
    keys = [one.thing.sale.external_id for one in chunk]
    rows = Ticket.objects.select_related("branch").filter(source=batch.source.name, external_id__in=keys)
    known = {ticket.external_id: ticket for ticket in rows}
    ours = set(
        Imported.objects.filter(batch=batch, ticket__in=list(known.values())).values_list("ticket_id", flat=True)
    )
    for one in chunk:
        key = one.thing.sale.external_id
        ticket = known.get(key)
        if one.row in wrong:
            continue  # its error is told below
        if ticket is None:
            yield Line(one.row, key, HELD)
            continue
        zone = zone_of(ticket.branch.cp)
        until = f"{in_full(ticket.deadline.astimezone(zone))}, {zone_in_words(zone.key)}"
        yield Line(one.row, key, NEW if ticket.pk in ours else KNOWN, show_code(ticket.code), until)
