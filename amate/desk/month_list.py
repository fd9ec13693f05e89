"""What an accountant reads of a month: one row a document, as it was stamped, and sums that are those of the rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import IO, Any, NamedTuple
from zoneinfo import ZoneInfo

from lxml.etree import _Element

from amate.desk.listing import Cell
from amate.desk.sheet import Book
from amate.fiscal.xml import CFDI, parse
from amate.invoices.models import Invoice, Stamp
from amate.papers.payment import PAGO

_ZERO = Decimal(0)
_C = f"{{{CFDI}}}"
_AMOUNTS = ("Subtotal", "Descuento", "Trasladados", "Retenidos", "Otros", "Total")


class Head(NamedTuple):
    head: str
    kind: Cell = Cell.TEXT
    width: int = 16


HEADS = (
    Head("Fecha", Cell.MOMENT, 18), Head("Tipo", width=8), Head("Serie", width=10), Head("Folio", width=10),
    Head("UUID", width=38), Head("RFC del receptor"), Head("Receptor", width=36), Head("Uso", width=6),
    Head("Método", width=8), Head("Forma", width=7), Head("Moneda", width=8), Head("Tipo de cambio", width=10),
    *(Head(name, Cell.PESOS, 14) for name in _AMOUNTS), Head("Pagos recibidos (MXN)", Cell.PESOS),
    Head("Estado", width=24), Head("Cancelada el", Cell.MOMENT, 18), Head("Relacionado con", width=40),
)  # fmt: skip
SUMS = (
    Head("Tipo"), Head("Estado"), Head("Moneda"), Head("Documentos", Cell.NUMBER),
    *(Head(name, Cell.PESOS) for name in (*_AMOUNTS, "Pagos")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One document. Amounts are those of its XML, never derived again; `others` are local taxes and whatever else the
    Total holds beside what the columns show. `paid` is MontoTotalPagos of a REP, in pesos."""

    fecha: datetime
    tipo: str
    serie: str
    folio: str
    uuid: str
    rfc: str
    nombre: str
    uso: str
    metodo: str
    forma: str
    moneda: str
    tipo_cambio: str
    subtotal: Decimal
    descuento: Decimal
    trasladados: Decimal
    retenidos: Decimal
    others: Decimal
    total: Decimal
    paid: Decimal
    state: str
    cancelled_at: datetime | None
    related: str


@dataclass(slots=True)
class Sum:
    """What the rows of one kind, state and currency add up to."""

    count: int = 0
    amounts: list[Decimal] = field(default_factory=lambda: [_ZERO] * 7)

    def add(self, row: Row) -> None:
        self.count += 1
        said = (row.subtotal, row.descuento, row.trasladados, row.retenidos, row.others, row.total, row.paid)
        self.amounts = [held + new for held, new in zip(self.amounts, said, strict=True)]


def row_of(stamp: Stamp, *, cancelled_at: datetime | None) -> Row:
    """Read the stamped XML. `cancelled_at`: when the SAT cancelled it, None while it lives."""
    invoice: Invoice = stamp.invoice
    root = parse(bytes(stamp.xml))
    receiver = root.find(_C + "Receptor")
    subtotal, descuento, total = (_amount(root, name) for name in ("SubTotal", "Descuento", "Total"))
    summary = root.find(_C + "Impuestos")
    moved = _amount(summary, "TotalImpuestosTrasladados")
    held = _amount(summary, "TotalImpuestosRetenidos")
    pagos = next(root.iter(PAGO + "Totales"), None)
    return Row(
        fecha=datetime.fromisoformat(root.get("Fecha", "")),
        tipo=root.get("TipoDeComprobante", ""),
        serie=root.get("Serie", ""),
        folio=root.get("Folio", ""),
        uuid=str(stamp.uuid).upper(),
        rfc=_said(receiver, "Rfc"),
        nombre=_said(receiver, "Nombre"),
        uso=_said(receiver, "UsoCFDI"),
        metodo=root.get("MetodoPago", ""),
        forma=root.get("FormaPago", ""),
        moneda=root.get("Moneda", ""),
        tipo_cambio=root.get("TipoCambio", ""),
        subtotal=subtotal,
        descuento=descuento,
        trasladados=moved,
        retenidos=held,
        others=total - (subtotal - descuento + moved - held),
        total=total,
        paid=_amount(pagos, "MontoTotalPagos"),
        state=invoice.get_state_display(),
        cancelled_at=cancelled_at,
        related=" · ".join(_relations(root)),
    )


class MonthBook:
    """The spreadsheet as it grows: a sheet of documents, one of what was cancelled in the month, and the sums."""

    def __init__(self, file: IO[bytes], *, zone: ZoneInfo) -> None:
        self._book = Book(file, zone=zone)
        self._documents = self._book.page("Documentos", HEADS)
        self._cancelled = self._book.page("Canceladas en el mes", HEADS)
        self._sums: dict[tuple[str, str, str], Sum] = {}

    def document(self, row: Row) -> None:
        self._documents.write(_cells(row))
        self._sums.setdefault((row.tipo, row.state, row.moneda), Sum()).add(row)

    def cancelled(self, row: Row) -> None:
        """One that the SAT cancelled in the month, whenever it was issued."""
        self._cancelled.write(_cells(row))

    def close(self) -> dict[tuple[str, str, str], Sum]:
        page = self._book.page("Sumas", SUMS)
        for key, found in sorted(self._sums.items()):
            page.write((*key, found.count, *found.amounts))
        self._book.close()
        return self._sums


def _cells(row: Row) -> Iterator[Any]:
    yield from (
        row.fecha,
        row.tipo,
        row.serie,
        row.folio,
        row.uuid,
        row.rfc,
        row.nombre,
        row.uso,
        row.metodo,
        row.forma,
    )
    yield from (row.moneda, row.tipo_cambio)
    yield from (row.subtotal, row.descuento, row.trasladados, row.retenidos, row.others, row.total, row.paid)
    yield from (row.state, row.cancelled_at, row.related)


def _amount(node: _Element | None, name: str) -> Decimal:
    return Decimal((node.get(name) if node is not None else None) or 0)


def _said(node: _Element | None, name: str) -> str:
    return (node.get(name) or "") if node is not None else ""


def _relations(root: _Element) -> Iterator[str]:
    for related in root.iterchildren(_C + "CfdiRelacionados"):
        uuids = ", ".join(_said(one, "UUID") for one in related.iterchildren(_C + "CfdiRelacionado"))
        yield f"{_said(related, 'TipoRelacion')} {uuids}"
