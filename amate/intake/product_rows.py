"""From rows to products of the company's list."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from amate.companies.article import Article, article_faults
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.money import Impuesto, MoneyRefused
from amate.fiscal.text import TextRefused, clean_text
from amate.intake.cells import CellRefused, read_code, read_number, read_padded, tidy
from amate.intake.columns import LABELS
from amate.intake.found import Bad, FoundArticle, Good, Wrong
from amate.intake.options import Options
from amate.intake.rows import Row
from amate.intake.sold import NO_TAXES
from amate.intake.taxes import taxes_of

_LABELS = LABELS["products"]


@dataclass(frozen=True, slots=True)
class ProductReader:
    """`places`: {field: place of its column}."""

    places: Mapping[str, int]
    options: Options
    catalogs: Catalogs
    day: date


def read_products(reader: ProductReader, rows: Iterable[Row]) -> Iterator[FoundArticle]:
    """One row, one product. A key that comes twice is refused: which of the two was meant?"""
    seen: set[int] = set()
    for row in rows:
        errors: list[Wrong] = []
        article = _article(reader, row, errors)
        if article is not None and (mark := hash(article.key)) in seen:
            again = f"El producto {article.key} ya apareció antes en este archivo: deja solo uno"
            errors.append(Wrong(row.number, _LABELS["key"], again))
        elif article is not None:
            seen.add(mark)
        yield Good(row.number, 1, article) if article and not errors else Bad(row.number, 1, tuple(errors))


def _article(reader: ProductReader, row: Row, errors: list[Wrong]) -> Article | None:
    options = reader.options

    def cell(field: str) -> str:
        place = reader.places.get(field)
        return tidy(row.cells[place]) if place is not None and place < len(row.cells) else ""

    field = "key"
    try:
        key = clean_text(read_code(cell("key")))
        field = "descripcion"
        descripcion = clean_text(cell("descripcion"))
        field = "clave_prod_serv"
        clave = read_padded(cell(field) or options.clave_prod_serv, 8)
        field = "clave_unidad"
        clave_unidad = read_code(cell(field)) or options.clave_unidad
        field = "unidad"
        unidad = clean_text(cell(field))
        field = "precio"
        price = read_number(cell(field), comma=options.comma) if cell(field) else None
        field = "iva"
        taxes = _taxes(cell("iva"), cell("ieps"), options)
        field = "objeto_imp"
        objeto = read_padded(cell(field), 2) if cell(field) else taxes[0]
    except (CellRefused, TextRefused, MoneyRefused) as refused:
        errors.append(Wrong(row.number, _LABELS[field], refused.message))
        return None
    article = Article(
        key, descripcion, clave, clave_unidad, unidad or None, objeto, taxes[1], price, options.prices_include_tax
    )
    faults = article_faults(article, catalogs=reader.catalogs, day=reader.day)
    errors += [Wrong(row.number, _LABELS.get(_COLUMN.get(name, name), ""), sentence) for name, sentence in faults]
    return None if errors else article


_COLUMN = {"price": "precio", "impuestos": "iva", "tasa_o_cuota": "iva", "impuesto": "iva", "retencion": "iva"}


def _taxes(iva: str, ieps: str, options: Options) -> tuple[str, tuple[Impuesto, ...]]:
    found = taxes_of(iva=iva or options.iva, ieps=ieps, comma=options.comma and bool(iva))
    if found is None:
        raise CellRefused(NO_TAXES)
    return found
