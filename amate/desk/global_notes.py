"""The notes of a factura global as a file, which adds up to what the document says (FEATURES 48)."""

import tempfile
from collections.abc import Sequence
from decimal import Decimal

from amate.desk.filters import At, day_in_words
from amate.desk.listing import Cell, Column
from amate.desk.reports import PARAMETERS
from amate.desk.sheet import Book, csv_of
from amate.fiscal.catalogs import name_of
from amate.invoices.models import Invoice
from amate.self_invoicing.notes_told import NoteTold

NAME = "notas-de-global"
COLUMNS = (
    Column("Nota en la factura", Cell.TEXT, lambda row, at: row.number, 20),
    Column("Folio", Cell.TEXT, lambda row, at: row.ticket.folio if row.ticket else ""),
    Column("Canal", Cell.TEXT, lambda row, at: row.ticket.source if row.ticket else ""),
    Column("Clave externa", Cell.TEXT, lambda row, at: row.ticket.external_id if row.ticket else ""),
    Column("Vendida", Cell.MOMENT, lambda row, at: row.ticket.sold_at if row.ticket else None),
    Column("Forma de pago", Cell.TEXT, lambda row, at: row.ticket.forma_pago if row.ticket else "", 10),
    Column("Subtotal", Cell.PESOS, lambda row, at: row.subtotal, 14),
    Column("Descuento", Cell.PESOS, lambda row, at: row.descuento, 14),
    Column("Impuestos", Cell.PESOS, lambda row, at: row.impuestos, 14),
    Column("Total", Cell.PESOS, lambda row, at: row.total, 14),
    Column("Acreditado después", Cell.PESOS, lambda row, at: row.credited, 16),
    Column("Su propia factura", Cell.TEXT, lambda row, at: row.own, 16),
)


def global_notes_sheet(document: Invoice, notes: Sequence[NoteTold], *, kind: str, at: At) -> bytes:
    """`kind`: xlsx, with its sums as formulas and a sheet that says of which document it is; or csv, the notes alone."""
    if kind == "csv":
        return b"".join(csv_of(COLUMNS, [notes], at, tell=lambda rows: None))
    with tempfile.TemporaryFile() as file:
        book = Book(file, zone=at.zone)
        page = book.page("Notas", COLUMNS)
        for note in notes:
            page.write(column.value(note, at) for column in COLUMNS)
        page.add_up([_sum(column, notes, at) for column in COLUMNS])
        about = book.page("Factura", PARAMETERS)
        for row in _about(document):
            about.write(row)
        book.close()
        file.seek(0)
        return file.read()


def _sum(column: Column, notes: Sequence[NoteTold], at: At) -> Decimal | None:
    if column.kind is not Cell.PESOS:
        return None
    return sum((column.value(note, at) for note in notes), Decimal(0))


def _about(document: Invoice) -> list[tuple[str, str]]:
    assert document.period_from is not None
    assert document.period_to is not None
    return [
        ("Factura global", document.number),
        ("Folio fiscal", str(document.uuid).upper()),
        ("Sucursal", document.branch.nombre),
        ("Periodicidad", name_of("periodicidad", document.periodicidad) or document.periodicidad),
        ("Desde", day_in_words(document.period_from)),
        ("Hasta", day_in_words(document.period_to)),
        ("Parte", str(document.part)),
        ("Total de la factura", f"{document.total:.2f}"),
    ]
