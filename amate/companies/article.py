"""What is sold, as plain values: its keys and taxes, and what is wrong with them in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.money import Impuesto, Line, MoneyRefused, tax_line
from amate.fiscal.tables.impuestos import EXENTO, IEPS, IVA


@dataclass(frozen=True, slots=True)
class Article:
    """A product of the company's list. `price` is of one unit, None if each sale says its own."""

    key: str
    descripcion: str
    clave_prod_serv: str
    clave_unidad: str
    unidad: str | None
    objeto_imp: str
    impuestos: tuple[Impuesto, ...]
    price: Decimal | None
    prices_include_tax: bool


def wrong_keys(
    *, clave_prod_serv: str, clave_unidad: str, objeto_imp: str, catalogs: Catalogs, day: date
) -> Iterator[tuple[str, str]]:
    """(field, sentence) of each SAT key that does not exist."""
    if clave_prod_serv not in catalogs.claves_prod_serv:
        yield "clave_prod_serv", f"El SAT no tiene la clave de producto “{clave_prod_serv}”: búscala en el catálogo"
    if clave_unidad not in catalogs.claves_unidad:
        yield "clave_unidad", f"El SAT no tiene la clave de unidad “{clave_unidad}”: búscala en el catálogo"
    if not catalogs.is_valid("objeto_imp", objeto_imp, day):
        yield "objeto_imp", f"El SAT no tiene el objeto de impuesto “{objeto_imp}”"


def wrong_kind_of_tax(impuesto: str, *, retencion: bool) -> tuple[str, str] | None:
    """(field, sentence). A note to the general public carries transferred IVA and IEPS, no more."""
    if retencion:
        return "retencion", "Una nota al público en general no lleva retenciones"
    if impuesto not in (IVA, IEPS):
        return "impuesto", f"El impuesto “{impuesto}” no se traslada: usa 002 (IVA) o 003 (IEPS)"
    return None


def wrong_rate(tax: Impuesto, *, catalogs: Catalogs, day: date) -> str | None:
    if tax.tipo_factor == EXENTO or tax.tasa_o_cuota is None:
        return None
    if catalogs.is_rate(tax.impuesto, tax.tipo_factor, tax.tasa_o_cuota, retencion=False, as_of=day):
        return None
    return f"El SAT no tiene esa tasa o cuota para el impuesto {tax.impuesto}"


def article_faults(article: Article, *, catalogs: Catalogs, day: date) -> Iterator[tuple[str, str]]:
    """(field, sentence) of all that would keep it from being invoiced; fields are those of Article."""
    for field, longest, lacks in _TEXTS:
        text: str = getattr(article, field) or ""
        if lacks and not text:
            yield field, lacks
        elif len(text) > longest:
            yield field, f"Acórtalo: caben {longest} caracteres y escribiste {len(text)}"
    if article.price is not None and article.price <= 0:
        yield "price", "El precio es mayor que cero; si cambia en cada venta, déjalo vacío"
    elif article.price is not None and article.price >= _MOST:
        yield "price", "Ese precio es demasiado grande: revísalo"
    yield from wrong_keys(
        clave_prod_serv=article.clave_prod_serv,
        clave_unidad=article.clave_unidad,
        objeto_imp=article.objeto_imp,
        catalogs=catalogs,
        day=day,
    )
    for tax in article.impuestos:
        kind = wrong_kind_of_tax(tax.impuesto, retencion=tax.retencion)
        rate = wrong_rate(tax, catalogs=catalogs, day=day)
        if kind or rate:
            yield "impuestos", kind[1] if kind else str(rate)
            return
    try:
        # Together: an object of tax may forbid a tax, and a tax may come only once.
        tax_line(
            Line(Decimal(1), _SAMPLE, article.impuestos, article.prices_include_tax, objeto_imp=article.objeto_imp)
        )
    except MoneyRefused as refused:
        yield refused.field, refused.message


_TEXTS = (
    ("key", 80, "Escribe tu clave del producto"),
    ("descripcion", 1000, "Escribe qué se vende"),
    ("unidad", 20, ""),
)
_MOST = Decimal(10) ** 10
_SAMPLE = Decimal(1000)
