"""The list of plans: what it may be narrowed by, and what an export of it holds."""

from typing import Any

from amate.billing_cycle.subscriptions.models import Plan
from amate.companies.billing_policy import FiscalMode
from amate.desk.filters import At, Filter, Kind
from amate.desk.listing import Cell, Column, Listing


def price_of(row: Plan, at: At) -> Any:
    """The one in force, of a plan whose prices are read; None if none holds yet."""
    held = [one for one in row.prices.all() if one.valid_from <= at.today]
    return max(held, key=lambda one: one.valid_from).amount if held else None


PLANS = Listing(
    name="planes",
    title="Planes",
    one="plan",
    many="planes",
    rows=lambda at: Plan.objects.prefetch_related("prices"),
    filters=(
        Filter(
            "estado", "Estado", Kind.CHOICE,
            lambda rows, said, at: rows if said == "todos" else rows.filter(is_active=False),
            choices=lambda: (("retirados", "Ya no se ofrecen"), ("todos", "Todos")), in_sight=True,
            off=lambda rows: rows.filter(is_active=True),
        ),
        Filter(
            "q", "Nombre del plan", Kind.WORDS, lambda rows, text, at: rows.filter(nombre__icontains=text), in_sight=True
        ),
        Filter(
            "factura", "Cuándo sale la factura", Kind.CHOICE, lambda rows, mode, at: rows.filter(fiscal_mode=mode),
            choices=lambda: FiscalMode.choices,
        ),
    ),
    columns=(
        Column("Plan", Cell.TEXT, lambda row, at: row.nombre, 30),
        Column("Clave", Cell.TEXT, lambda row, at: row.key),
        Column("Concepto", Cell.TEXT, lambda row, at: row.concept, 40),
        Column("Clave del SAT", Cell.TEXT, lambda row, at: row.clave_prod_serv, 12),
        Column("Precio de hoy", Cell.PESOS, price_of, 14),
        Column("Cada", Cell.NUMBER, lambda row, at: row.every, 8),
        Column("De", Cell.TEXT, lambda row, at: row.get_unit_display(), 12),
        Column("A la venta", Cell.TEXT, lambda row, at: "Sí" if row.is_active else "No", 10),
    ),
)  # fmt: skip
