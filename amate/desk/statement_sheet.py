"""A statement of account as a workbook: the same values as its paper, as numbers and days."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from amate.billing_cycle.statements.paper import sums_told
from amate.billing_cycle.statements.told import Told
from amate.desk.listing import Cell
from amate.desk.sheet import Book

ZONE = ZoneInfo("America/Mexico_City")  # of moments, of which it has none


@dataclass(frozen=True, slots=True)
class Head:
    head: str
    kind: Cell
    width: int = 14


SUMMARY = (Head("Estado de cuenta", Cell.TEXT, 28), Head("Dato", Cell.TEXT, 40), Head("Importe", Cell.PESOS))
MOVEMENTS = (
    Head("Fecha", Cell.DAY),
    Head("Documento", Cell.TEXT, 24),
    Head("Concepto", Cell.TEXT, 60),
    Head("Cargo", Cell.PESOS),
    Head("Abono", Cell.PESOS),
    Head("Saldo", Cell.PESOS),
    Head("Nota", Cell.TEXT, 30),
)
OPEN = (
    Head("Documento", Cell.TEXT, 24),
    Head("Concepto", Cell.TEXT, 60),
    Head("Emitido", Cell.DAY),
    Head("Vence", Cell.DAY),
    Head("Días vencido", Cell.NUMBER),
    Head("Total", Cell.PESOS),
    Head("Queda", Cell.PESOS),
)


def workbook_of(told: Told) -> bytes:
    """Three tabs: summary, movements and what is open."""
    file = io.BytesIO()
    book = Book(file, zone=ZONE)
    _fill(book, "Resumen", SUMMARY, _summary(told))
    _fill(book, "Movimientos", MOVEMENTS, _movements(told))
    _fill(
        book,
        "Por pagar",
        OPEN,
        ((i.document, i.concept, i.issued_on, i.due_on, max(i.late, 0), i.total, i.left) for i in told.items),
    )
    book.close()
    return file.getvalue()


def _fill(book: Book, name: str, heads: tuple[Head, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    page = book.page(name, heads)
    for row in rows:
        page.write(row)


def _summary(told: Told) -> Iterable[tuple[str, str | None, Decimal | None]]:
    yield "Empresa", f"{told.emisor.nombre} ({told.emisor.rfc})", None
    yield "Cliente", f"{told.customer.number} {told.customer.nombre} {told.customer.rfc}".strip(), None
    yield "Corte", f"{told.since.isoformat()} a {told.fecha_corte.isoformat()}, {told.moneda}", None
    for name, amount in sums_told(told):
        yield name, None, amount
    yield "Vencido", None, told.overdue


def _movements(told: Told) -> Iterable[tuple[Any, ...]]:
    yield told.since, "", "Saldo anterior", None, None, told.opening, ""
    for row in told.rows:
        note = "Ajuste de un periodo anterior" if row.late else ""
        yield row.day, row.document, row.concept, row.charge, row.payment, row.balance, note
