"""What the box of the counter finds: the company's products, and the SAT's keys for what is not among them."""

from dataclasses import dataclass, field
from datetime import date

from amate.catalogs.search import search_keys
from amate.companies.models import Product
from amate.companies.products import named

SUGGESTED = 6


@dataclass(frozen=True, slots=True)
class Finds:
    """`keys`: of the SAT, each with its name."""

    products: list[Product] = field(default_factory=list)
    keys: list[tuple[str, str]] = field(default_factory=list)


def finds_of(text: str, *, day: date) -> Finds:
    if not text:
        return Finds()
    rows = Product.objects.filter(is_active=True).filter(named(text))
    return Finds(
        list(rows.order_by("descripcion", "id")[:SUGGESTED]),
        search_keys(catalog="clave_prod_serv", typed=text, day=day, limit=SUGGESTED),
    )
