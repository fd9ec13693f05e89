"""The list of customers: what it may be narrowed by, and what an export of it holds."""

from typing import Any

from amate.customers.models import Customer
from amate.customers.queries import STATES, in_state, with_proposals
from amate.customers.search import LAST, having
from amate.desk.filters import At, Filter, Kind
from amate.desk.listing import Cell, Column, Listing


def _of_rfc(rows: Any, text: str, at: At) -> Any:
    """A range, because LIKE cannot use an index under row-level security (DECISIONS A3b)."""
    rfc = text.upper()
    return rows.filter(rfc__gte=rfc, rfc__lte=rfc.ljust(13, LAST))


def _stands(row: Customer) -> str:
    if row.proposed:  # type: ignore[attr-defined]  # annotated by the rows of the list
        return "Por revisar"
    return "Verificado" if row.verified_at else "Sin verificar"


CUSTOMERS = Listing(
    name="clientes",
    title="Clientes",
    one="cliente",
    many="clientes",
    rows=lambda at: with_proposals(Customer.objects.live()),
    filters=(
        Filter(
            "estado", "Estado", Kind.CHOICE, lambda rows, state, at: in_state(rows, state), choices=STATES.items,
            in_sight=True,
        ),
        Filter(
            "q", "Nombre, RFC, teléfono, correo o número", Kind.WORDS, lambda rows, text, at: having(rows, text),
            in_sight=True,
        ),
        Filter("rfc", "El RFC comienza con", Kind.WORDS, _of_rfc),
        Filter(
            "desde", "Cliente desde el día", Kind.DAY,
            lambda rows, day, at: rows.filter(created_at__gte=at.start_of(day)), order=lambda day: "-created_at",
        ),
        Filter(
            "hasta", "Cliente hasta el día", Kind.DAY,
            lambda rows, day, at: rows.filter(created_at__lt=at.end_of(day)), order=lambda day: "-created_at",
        ),
    ),
    columns=(
        Column("Número", Cell.NUMBER, lambda row, at: row.number, 10),
        Column("RFC", Cell.TEXT, lambda row, at: row.rfc, 16),
        Column("Nombre", Cell.TEXT, lambda row, at: row.nombre, 40),
        Column("Correo", Cell.TEXT, lambda row, at: row.correo, 30),
        Column("Desde", Cell.MOMENT, lambda row, at: row.created_at),
        Column("Estado", Cell.TEXT, lambda row, at: _stands(row), 16),
        Column("Verificado", Cell.MOMENT, lambda row, at: row.verified_at),
    ),
)  # fmt: skip
