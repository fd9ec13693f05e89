"""The lines of a sale, row by row: what was sold, how many, for how much."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Protocol, TypeVar

from amate.companies.article import Article, wrong_keys, wrong_rate
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.ingreso import IngresoRefused, SaleLine
from amate.fiscal.money import Line
from amate.fiscal.tables.impuestos import IVA
from amate.intake.cells import CellRefused, read_number, tidy
from amate.intake.columns import LABELS
from amate.intake.found import Wrong
from amate.intake.options import Options
from amate.intake.rows import Row
from amate.intake.sold import Sold, read_sold
from amate.self_invoicing.sale import exact

MOST_KEPT = 20_000
_LABELS = LABELS["sales"]
_MILLIONTH = Decimal("0.000001")
_ONE, _ZERO = Decimal(1), Decimal(0)
RETURNED = (
    "“{}” es negativo, como en una devolución, y aquí solo entran ventas: quita la venta del archivo. Si su nota ya está "
    "en Amate, cancélala; si ya se facturó, le toca una nota de crédito"
)
NEGATIVE_DISCOUNT = "Escribe el descuento sin el signo menos: ya se resta"

Value = TypeVar("Value")


class Place(Protocol):
    """A branch."""

    code: str
    nombre: str
    cp: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SaleReader:
    """`places`: {field: place of its column}. `article` finds an active product by its key."""

    source: str
    places: Mapping[str, int]
    options: Options
    branches: Sequence[Place]
    article: Callable[[str], Article | None]
    catalogs: Catalogs
    now: datetime


class Lines:
    """The cells of one file, and its lines; what was sold is worked out once for each combination of its cells."""

    def __init__(self, reader: SaleReader) -> None:
        self.reader = reader
        self.options = reader.options
        self.day = reader.now.date()
        self._sold = lru_cache(MOST_KEPT)(self._read_sold)

    def cell(self, row: Row, field: str) -> str:
        place = self.reader.places.get(field)
        return tidy(row.cells[place]) if place is not None and place < len(row.cells) else ""

    def number(self, row: Row, field: str) -> Decimal | None:
        said = self.cell(row, field)
        if not said:
            return None
        number = read_number(said, comma=self.options.comma)
        if number < 0:
            raise CellRefused(NEGATIVE_DISCOUNT if field == "descuento" else RETURNED.format(said))
        return number

    def attempt(self, row: Row, field: str, errors: list[Wrong], read: Callable[[], Value]) -> Value | None:
        try:
            return read()
        except CellRefused as refused:
            errors.append(Wrong(row.number, _LABELS[field], refused.message))
            return None

    def line(self, row: Row, total: Decimal | None, errors: list[Wrong]) -> SaleLine | None:
        sold = self._sold(
            self.cell(row, "producto"),
            self.cell(row, "clave_prod_serv"),
            self.cell(row, "clave_unidad"),
            self.cell(row, "unidad"),
            self.cell(row, "iva"),
            self.cell(row, "ieps"),
        )
        errors += [Wrong(row.number, _LABELS[field], sentence) for field, sentence in sold.wrong]
        amounts = self.attempt(row, "precio", errors, lambda: self._amounts(row, sold, total, errors))
        if sold.wrong or amounts is None:
            return None
        cantidad, precio, descuento, included = amounts
        descripcion = self.cell(row, "descripcion") or sold.descripcion or self.options.descripcion
        try:
            return SaleLine(
                Line(cantidad, precio, sold.impuestos, included, descuento, sold.objeto_imp),
                sold.clave_prod_serv,
                sold.clave_unidad,
                descripcion,
                sold.key,
                sold.unidad,
            )
        except IngresoRefused as refused:
            errors.append(Wrong(row.number, _LABELS.get(refused.field, _LABELS["producto"]), refused.message))
            return None

    def _amounts(
        self, row: Row, sold: Sold, total: Decimal | None, errors: list[Wrong]
    ) -> tuple[Decimal, Decimal, Decimal, bool] | None:
        before = len(errors)
        cantidad = self.attempt(row, "cantidad", errors, lambda: self.number(row, "cantidad"))
        descuento = self.attempt(row, "descuento", errors, lambda: self.number(row, "descuento"))
        precio = self.attempt(row, "precio", errors, lambda: self.number(row, "precio"))
        importe = self.attempt(row, "importe", errors, lambda: self.number(row, "importe"))
        if len(errors) > before:
            return None
        many, less = cantidad if cantidad is not None else _ONE, descuento or _ZERO
        included = self.options.prices_include_tax
        if precio is None:
            if importe is not None:
                precio = _shared(importe, many)
            elif sold.price is not None:
                precio, included = sold.price, sold.prices_include_tax
            elif total is not None:
                precio, included = _shared(total + less, many), True
            elif not errors:  # a total that could not be read is told already
                raise CellRefused("Falta el precio de la partida")
            else:
                return None
        return exact(many), exact(precio), exact(less), included

    def _read_sold(self, producto: str, clave: str, clave_unidad: str, unidad: str, iva: str, ieps: str) -> Sold:
        sold = read_sold(
            (producto, clave, clave_unidad, unidad, iva, ieps), options=self.options, article=self.reader.article
        )
        if sold.wrong:
            return sold
        keys = wrong_keys(
            clave_prod_serv=sold.clave_prod_serv,
            clave_unidad=sold.clave_unidad,
            objeto_imp=sold.objeto_imp,
            catalogs=self.reader.catalogs,
            day=self.day,
        )
        wrong = [(field if field != "objeto_imp" else "iva", sentence) for field, sentence in keys]
        for tax in sold.impuestos:
            sentence = wrong_rate(tax, catalogs=self.reader.catalogs, day=self.day)
            if sentence:
                wrong.append(("iva" if tax.impuesto == IVA else "ieps", sentence))
        return sold.but(wrong)


def _shared(importe: Decimal, cantidad: Decimal) -> Decimal:
    """The price of one unit: at six decimals it gives the amount back for any quantity below ten thousand."""
    if cantidad == _ONE or not cantidad:
        return importe
    return (importe / cantidad).quantize(_MILLIONTH)
