"""The lines of a sale with what their products say, where the sale does not say it itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from amate.companies.article import Article
from amate.companies.nearest import nearest_products
from amate.companies.products import find_articles
from amate.fiscal.money import Impuesto
from amate.web.api.sale import LineIn

MISSING = "Falta este campo"
MOST_LOOKED_FOR = 20  # unknown keys of one sale for which the nearest are sought
SI_OBJETO = "02"

Report = Callable[[tuple[str | int, ...], str], None]


@dataclass(frozen=True, slots=True)
class Filled:
    """A whole line. `impuestos`: of its product, None without one; `included`: whether its price carries the taxes."""

    descripcion: str
    precio: Decimal
    included: bool
    clave_prod_serv: str
    clave_unidad: str
    unidad: str | None
    no_identificacion: str | None
    objeto_imp: str
    impuestos: tuple[Impuesto, ...] | None


def fill_lines(lines: Sequence[LineIn], *, included: bool, report: Report) -> list[Filled | None]:
    """None for a line that stays incomplete: what it lacks was reported. What the sale says wins over its product."""
    keys = {line.producto for line in lines if line.producto}
    known = find_articles(sorted(keys)) if keys else {}
    unknown = dict.fromkeys(sorted(keys - set(known))[:MOST_LOOKED_FOR], "")
    for key in unknown:
        unknown[key] = _nearest(key)
    filled: list[Filled | None] = []
    for place, line in enumerate(lines):
        article = known.get(line.producto) if line.producto else None
        if line.producto and article is None:
            report(
                ("lines", place, "producto"), f"No tienes un producto “{line.producto}”{unknown.get(line.producto, '')}"
            )
            filled.append(None)
        else:
            filled.append(_filled(line, article, ("lines", place), included=included, report=report))
    return filled


def _nearest(key: str) -> str:
    found = nearest_products(said=key)
    if not found:
        return ": agrégalo en Productos o corrige su clave"
    named = ", ".join(f"{known} ({descripcion[:60]})" for known, descripcion in found)
    return f". Los más parecidos: {named}"


def _filled(
    line: LineIn, article: Article | None, where: tuple[str | int, ...], *, included: bool, report: Report
) -> Filled | None:
    said: dict[str, str | None] = {
        name: getattr(line, name) if getattr(line, name) is not None else getattr(article, name, None)
        for name in ("descripcion", "clave_prod_serv", "clave_unidad")
    }
    lacks = [(name, MISSING) for name, value in said.items() if value is None]
    precio = Decimal(line.precio) if line.precio is not None else (article.price if article else None)
    if precio is None:
        lacks.append(("precio", f"El producto {article.key} no tiene precio: escríbelo aquí" if article else MISSING))
    for name, sentence in lacks:
        report((*where, name), sentence)
    if lacks or precio is None:
        return None
    by_product = line.precio is None and article is not None
    return Filled(
        descripcion=said["descripcion"] or "",
        precio=precio,
        included=article.prices_include_tax if by_product and article else included,
        clave_prod_serv=said["clave_prod_serv"] or "",
        clave_unidad=said["clave_unidad"] or "",
        unidad=line.unidad if line.unidad is not None or article is None else article.unidad,
        no_identificacion=line.no_identificacion or line.producto,
        objeto_imp=line.objeto_imp or (article.objeto_imp if article else SI_OBJETO),
        impuestos=article.impuestos if article else None,
    )
