"""What a row says was sold: from a product of the list, from the row's own columns, or from the source's options."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from amate.companies.article import Article
from amate.fiscal.money import Impuesto, MoneyRefused
from amate.intake.cells import CellRefused, read_code, read_padded
from amate.intake.options import Options
from amate.intake.taxes import NO_OBJETO, SI_OBJETO, taxes_of

Wrongs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sold:
    """`wrong`: (field, sentence) of what keeps it from being sold; then the rest means nothing."""

    key: str | None = None
    descripcion: str = ""
    clave_prod_serv: str = ""
    clave_unidad: str = ""
    unidad: str | None = None
    objeto_imp: str = SI_OBJETO
    impuestos: tuple[Impuesto, ...] = ()
    price: Decimal | None = None
    prices_include_tax: bool = True
    wrong: Wrongs = ()

    def but(self, wrong: Sequence[tuple[str, str]]) -> "Sold":
        return replace(self, wrong=tuple(wrong)) if wrong else self


def read_sold(
    cells: tuple[str, str, str, str, str, str], *, options: Options, article: Callable[[str], Article | None]
) -> Sold:
    """`cells`: producto, clave_prod_serv, clave_unidad, unidad, iva, ieps. What the row says wins over its product,
    and the product over the options. Whether the SAT has the keys is for the caller to ask."""
    wrong: list[tuple[str, str]] = []
    texts = [_code(text, field, width, wrong) for text, field, width in zip(cells[:4], _FIELDS, _WIDTHS, strict=True)]
    producto, clave, clave_unidad, unidad = texts
    listed = article(producto) if producto and not wrong else None
    taxes = _taxes(cells[4], cells[5], listed, options, wrong)
    clave = clave or (listed.clave_prod_serv if listed else "") or options.clave_prod_serv
    clave_unidad = clave_unidad or (listed.clave_unidad if listed else "") or options.clave_unidad
    if not (clave and clave_unidad) and producto and not listed:
        wrong.append(("producto", f"No tienes un producto “{producto}”: agrégalo en Productos o corrige su clave"))
    else:
        wrong += [(field, _LACKS[field]) for field, text in zip(_KEYS, (clave, clave_unidad), strict=True) if not text]
    if wrong or taxes is None:
        return Sold(wrong=tuple(wrong))
    return Sold(
        key=producto or None,
        descripcion=listed.descripcion if listed else "",
        clave_prod_serv=clave,
        clave_unidad=clave_unidad,
        unidad=unidad or (listed.unidad if listed else None) or None,
        objeto_imp=taxes[0],
        impuestos=taxes[1],
        price=listed.price if listed else None,
        prices_include_tax=listed.prices_include_tax if listed else True,
    )


_FIELDS = ("producto", "clave_prod_serv", "clave_unidad", "unidad")
_WIDTHS = (0, 8, 0, 0)
_KEYS = ("clave_prod_serv", "clave_unidad")
_LACKS = {
    "clave_prod_serv": "Falta la clave del SAT del producto: elige en el mapeo la que vale cuando no se dice",
    "clave_unidad": "Falta la clave del SAT de la unidad: elige en el mapeo la que vale cuando no se dice",
}
NO_TAXES = "Falta decir su IVA: ponlo en el archivo, en el producto o en el mapeo. No suponemos ninguna tasa"


def _code(text: str, field: str, width: int, wrong: list[tuple[str, str]]) -> str:
    try:
        return read_padded(text, width) if width and text else read_code(text)
    except CellRefused as refused:
        wrong.append((field, refused.message))
        return ""


def _taxes(
    iva: str, ieps: str, listed: Article | None, options: Options, wrong: list[tuple[str, str]]
) -> tuple[str, tuple[Impuesto, ...]] | None:
    try:
        said = taxes_of(iva=iva, ieps=ieps, comma=options.comma)
        if said is not None and iva:
            return said
        if listed is not None and said is None:
            return listed.objeto_imp, listed.impuestos
        if options.iva == NO_OBJETO:
            return NO_OBJETO, ()
        if options.iva:
            return taxes_of(iva=options.iva, ieps=ieps)
    except (CellRefused, MoneyRefused) as refused:
        wrong.append(("iva", refused.message))
        return None
    wrong.append(("iva", NO_TAXES))
    return None
