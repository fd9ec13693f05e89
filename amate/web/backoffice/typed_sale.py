"""How a typed sale travels from page to page without a script: as it was typed, letter for letter."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from amate.companies.article import Article
from amate.fiscal.ingreso import PPD, SaleLine
from amate.invoices.lines import lines_from_json
from amate.invoices.models import Invoice
from amate.papers.facts import figure
from amate.self_invoicing.sale import exact
from amate.web.backoffice.sale_form import A_CREDITO, USUAL_UNITS
from amate.web.backoffice.tax_choice import write_taxes, write_withheld

MOST_LINES = 100


@dataclass
class TypedSale:
    """What the page sent: the one-time key, the head, and the values of each line as they were typed."""

    key: str
    head: dict[str, str]
    lines: list[dict[str, str]]

    def add(self, line: dict[str, str]) -> None:
        """In the place of a line that nobody filled in, or at the end."""
        kept = [one for one in self.lines if one.get("descripcion") or one.get("precio")]
        self.lines = [*kept[: MOST_LINES - 1], line]

    def remove(self, place: int) -> None:
        self.lines = [one for i, one in enumerate(self.lines) if i != place]


def read_typed(post: Mapping[str, Any], *, head: Iterable[str], line: Iterable[str]) -> TypedSale:
    """As many lines as the page had, at most MOST_LINES. `head` and `line`: the names of its fields."""

    def said(name: str, longest: int) -> str:
        return str(post.get(name, "")).replace("\0", "")[:longest]

    count = said("lineas", 4)
    lines = min(int(count), MOST_LINES) if count.isascii() and count.isdecimal() else 0
    return TypedSale(
        key=said("llave", 32),
        head={name: said(name, 60) for name in head},
        lines=[{name: said(f"l{i}-{name}", 1000) for name in line} for i in range(lines)],
    )


def hidden_fields(typed: TypedSale) -> list[tuple[str, str]]:
    """The same sale for the next page's form."""
    lines = [(f"l{i}-{name}", value) for i, line in enumerate(typed.lines) for name, value in line.items()]
    return [("llave", typed.key), ("lineas", str(len(typed.lines))), *typed.head.items(), *lines]


def line_of(article: Article) -> dict[str, str]:
    """A line for one of a product, as if it had been typed."""
    return {
        "descripcion": article.descripcion,
        "cantidad": "1",
        "precio": figure(str(article.price), least=2).replace(",", "") if article.price is not None else "",
        "impuestos": write_taxes(article.objeto_imp, article.impuestos),
        "incluidos": "on" if article.prices_include_tax else "",
        "clave_prod_serv": article.clave_prod_serv,
        "clave_unidad": article.clave_unidad,
        "clave": article.key,
        "unidad": article.unidad or "",
    }


def typed_again(invoice: Invoice, *, key: str, open_branches: Collection[str]) -> TypedSale:
    """The lines of an invoice and how it was paid, as if they had been typed. What is of its day, its rate, is left out."""
    head = {
        "sucursal": invoice.branch.code if invoice.branch.code in open_branches else "",
        "pago": A_CREDITO if invoice.metodo_pago == PPD else invoice.forma_pago,
        "moneda": invoice.moneda,
        "tipo_cambio": "",
    }
    return TypedSale(key, head, [_line_again(sale) for sale in lines_from_json(invoice.lines)])


def _line_again(sale: SaleLine) -> dict[str, str]:
    line = sale.line
    return {
        "descripcion": sale.descripcion,
        "cantidad": format(exact(line.cantidad), "f"),
        "precio": format(exact(line.precio), "f"),
        "impuestos": write_taxes(line.objeto_imp, [tax for tax in line.impuestos if not tax.retencion]),
        "incluidos": "on" if line.incluye_impuestos else "",
        "clave_prod_serv": sale.clave_prod_serv,
        "clave_unidad": sale.clave_unidad,
        "clave": sale.no_identificacion or "",
        "unidad": sale.unidad or "",
        "descuento": format(exact(line.descuento), "f") if line.descuento else "",
        "retenciones": write_withheld(line.impuestos),
    }


def empty_line(*, taxes: str, **known: str) -> dict[str, str]:
    """`taxes` as `write_taxes` gives them."""
    return {
        "cantidad": "1",
        "impuestos": taxes,
        "incluidos": "on",
        "clave_unidad": USUAL_UNITS[0],
        **known,
    }
