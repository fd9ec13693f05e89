"""The list of products: what it may be narrowed by, and what an export of it holds."""

from amate.companies.models import Product
from amate.companies.products import named
from amate.desk.filters import At, Filter, Kind
from amate.desk.listing import Cell, Column, Listing


def _taxes(row: Product, at: At) -> str:
    names = {"001": "ISR", "002": "IVA", "003": "IEPS"}
    return ", ".join(
        f"{names.get(one['impuesto'], one['impuesto'])} {one.get('tasa_o_cuota') or 'exento'}" for one in row.taxes
    )


PRODUCTS = Listing(
    name="productos",
    title="Productos",
    one="producto",
    many="productos",
    rows=lambda at: Product.objects.all(),
    filters=(
        Filter(
            "estado", "Estado", Kind.CHOICE,
            lambda rows, said, at: rows if said == "todos" else rows.filter(is_active=False),
            choices=lambda: (("retirados", "Retirados"), ("todos", "En venta y retirados")), in_sight=True,
            off=lambda rows: rows.filter(is_active=True),
        ),
        Filter("q", "Clave o descripción", Kind.WORDS, lambda rows, text, at: rows.filter(named(text)), in_sight=True),
        Filter(
            "clave_sat", "Clave del SAT", Kind.WORDS, lambda rows, key, at: rows.filter(clave_prod_serv=key)
        ),
        Filter(
            "precio", "Precio", Kind.CHOICE, lambda rows, said, at: rows.filter(price__isnull=said == "abierto"),
            choices=lambda: (("fijo", "Con precio"), ("abierto", "En cada venta")),
        ),
    ),
    columns=(
        Column("Clave", Cell.TEXT, lambda row, at: row.key),
        Column("Descripción", Cell.TEXT, lambda row, at: row.descripcion, 40),
        Column("Clave del SAT", Cell.TEXT, lambda row, at: row.clave_prod_serv, 12),
        Column("Clave de unidad", Cell.TEXT, lambda row, at: row.clave_unidad, 10),
        Column("Unidad", Cell.TEXT, lambda row, at: row.unidad, 12),
        Column("Objeto de impuesto", Cell.TEXT, lambda row, at: row.objeto_imp, 10),
        Column("Impuestos", Cell.TEXT, _taxes),
        Column("Precio", Cell.PESOS, lambda row, at: row.price, 14),
        Column("El precio trae impuestos", Cell.TEXT, lambda row, at: "Sí" if row.prices_include_tax else "No", 10),
        Column("En venta", Cell.TEXT, lambda row, at: "Sí" if row.is_active else "No", 10),
    ),
)  # fmt: skip
