"""A sale typed at the counter: its head, its lines, and how they travel from page to page without a script."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from amate.companies.article import Article, article_faults
from amate.fiscal.catalogs import Catalogs, name_of
from amate.fiscal.ingreso import PPD, PUE, IngresoRefused, SaleLine
from amate.fiscal.money import Impuesto, Line, MoneyRefused
from amate.fiscal.tables.comprobante import FORMAS_PAGO
from amate.papers.facts import figure
from amate.self_invoicing.sale import POR_DEFINIR, exact

MOST_LINES = 100
A_CREDITO = "credito"
# An object of tax and its taxes as one choice: "02|002:Tasa:0.16". A product may bring one of its own.
USUAL_TAXES = (
    ("02|002:Tasa:0.16", "IVA 16 %"),
    ("02|002:Tasa:0.08", "IVA 8 % (frontera)"),
    ("02|002:Tasa:0", "IVA 0 %"),
    ("02|002:Exento:", "Exento de IVA"),
    ("01|", "No objeto de impuesto"),
)
USUAL_UNITS = ("H87", "E48", "KGM", "MTR", "LTR", "XBX", "ACT")
NAMES = {"002": "IVA", "003": "IEPS"}
AMOUNT = re.compile(r"[0-9]{1,10}(\.[0-9]{1,6})?")


class AmountField(forms.CharField):
    """A number as people write it: `$`, spaces and commas of thousands go (PAT-2)."""

    def to_python(self, value: Any) -> str:
        typed = re.sub(r"[$\s]", "", str(super().to_python(value)))
        return typed.replace(",", "") if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", typed) else typed

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not AMOUNT.fullmatch(typed) or not Decimal(typed):
            raise forms.ValidationError("Escríbelo con punto, como 1,248.50, y mayor que cero")
        return exact(Decimal(typed))


class LineForm(forms.Form):
    """One line. `sale_line` is there once it is valid; the day's catalogues judge it."""

    descripcion = forms.CharField(
        label="Artículo o servicio", max_length=1000, error_messages={"required": "Escribe qué se vendió"}
    )
    cantidad = AmountField(
        label="Cantidad",
        max_length=20,
        initial="1",
        widget=forms.TextInput({"inputmode": "decimal", "class": "num"}),
        error_messages={"required": "Escribe cuánto se vendió"},
    )
    precio = AmountField(
        label="Precio de uno",
        max_length=20,
        widget=forms.TextInput({"inputmode": "decimal", "class": "num"}),
        error_messages={"required": "Escribe el precio"},
    )
    impuestos = forms.CharField(label="Impuestos", max_length=200, initial=USUAL_TAXES[0][0], widget=forms.Select())
    incluidos = forms.BooleanField(label="El precio ya los incluye", required=False, initial=True)
    clave_prod_serv = forms.CharField(
        label="Clave del SAT",
        max_length=8,
        widget=forms.TextInput({"inputmode": "numeric", "class": "num"}),
        error_messages={"required": "Búscala arriba por su nombre: son 8 números"},
    )
    clave_unidad = forms.CharField(label="Unidad", max_length=3, initial=USUAL_UNITS[0], widget=forms.Select())
    clave = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput())
    unidad = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput())

    NAMES: ClassVar = (
        "descripcion", "cantidad", "precio", "impuestos", "incluidos", "clave_prod_serv", "clave_unidad", "clave",
        "unidad",
    )  # fmt: skip

    def __init__(self, values: Mapping[str, Any], *, number: int, bound: bool) -> None:
        self.number = number
        self.sale_line: SaleLine | None = None
        prefix = f"l{number}"
        if bound:
            super().__init__({f"{prefix}-{name}": value for name, value in values.items()}, prefix=prefix)
        else:
            super().__init__(initial=dict(values), prefix=prefix)
        taxes, unit = str(values.get("impuestos", "")), str(values.get("clave_unidad", ""))
        self.fields["impuestos"].widget.choices = _with_own(USUAL_TAXES, taxes, tax_words(taxes))
        units = [(key, name_of("clave_unidad", key) or key) for key in USUAL_UNITS]
        self.fields["clave_unidad"].widget.choices = _with_own(units, unit, name_of("clave_unidad", unit) or unit)

    def judge(self, *, catalogs: Catalogs, day: date) -> None:
        """Fill `sale_line`, or put each mistake on its field."""
        if not self.is_valid():
            return
        said = self.cleaned_data
        try:
            objeto, taxes = read_taxes(said["impuestos"])
        except (ValueError, ArithmeticError):
            self.add_error("impuestos", "Elige los impuestos de la lista")
            return
        article = Article(
            key=said["clave"] or "-",
            descripcion=said["descripcion"],
            clave_prod_serv=said["clave_prod_serv"],
            clave_unidad=said["clave_unidad"],
            unidad=said["unidad"] or None,
            objeto_imp=objeto,
            impuestos=taxes,
            price=said["precio"],
            prices_include_tax=said["incluidos"],
        )
        for field, sentence in article_faults(article, catalogs=catalogs, day=day):
            self.add_error(
                {"price": "precio"}.get(field, field) if field in FIELD_OF_ARTICLE else "impuestos", sentence
            )
        if self.errors:
            return
        try:
            self.sale_line = SaleLine(
                line=Line(said["cantidad"], said["precio"], taxes, said["incluidos"], objeto_imp=objeto),
                clave_prod_serv=article.clave_prod_serv,
                clave_unidad=article.clave_unidad,
                descripcion=article.descripcion,
                no_identificacion=said["clave"] or None,
                unidad=article.unidad,
            )
        except IngresoRefused as refused:
            self.add_error(refused.field if refused.field in self.fields else "descripcion", refused.message)


FIELD_OF_ARTICLE = frozenset({"descripcion", "clave_prod_serv", "clave_unidad", "price"})


class HeadForm(forms.Form):
    """What is said once of the whole sale."""

    sucursal = forms.CharField(label="Sucursal", widget=forms.Select())
    pago = forms.CharField(
        label="¿Cómo pagó?",
        initial="01",
        widget=forms.Select(),
        help_text="Si pagó de varias formas, elige la del importe mayor.",
    )

    def __init__(self, values: Mapping[str, Any] | None, *, branches: Iterable[tuple[str, str]]) -> None:
        super().__init__(values)
        ways = [(key, f"{key} · {entry.texto}") for key, entry in FORMAS_PAGO.items() if key != POR_DEFINIR]
        self.branches = dict(branches)
        self.fields["sucursal"].widget.choices = list(self.branches.items())
        self.fields["pago"].widget.choices = [*ways, (A_CREDITO, "A crédito: paga después (PPD, 99)")]

    def clean_sucursal(self) -> str:
        chosen: str = self.cleaned_data["sucursal"]
        if chosen not in self.branches:
            raise forms.ValidationError("Elige una sucursal de la lista")
        return chosen

    def clean_pago(self) -> str:
        chosen: str = self.cleaned_data["pago"]
        if chosen != A_CREDITO and (chosen not in FORMAS_PAGO or chosen == POR_DEFINIR):
            raise forms.ValidationError("Elige cómo pagó de la lista; si paga después, «A crédito»")
        return chosen

    @property
    def payment(self) -> tuple[str, str]:
        """(forma_pago, metodo_pago): 99 comes with PPD and with nothing else."""
        chosen: str = self.cleaned_data["pago"]
        return (POR_DEFINIR, PPD) if chosen == A_CREDITO else (chosen, PUE)


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
        self.lines = [one for i, one in enumerate(self.lines) if i != place] or [empty_line()]


def read_typed(post: Mapping[str, Any]) -> TypedSale:
    """As many lines as the page had, at most MOST_LINES."""

    def said(name: str, longest: int) -> str:
        return str(post.get(name, "")).replace("\0", "")[:longest]

    count = said("lineas", 4)
    lines = min(int(count), MOST_LINES) if count.isascii() and count.isdecimal() else 0
    return TypedSale(
        key=said("llave", 32),
        head={name: said(name, 60) for name in ("sucursal", "pago")},
        lines=[{name: said(f"l{i}-{name}", 1000) for name in LineForm.NAMES} for i in range(lines)],
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


def empty_line(**known: str) -> dict[str, str]:
    return {
        "cantidad": "1",
        "impuestos": USUAL_TAXES[0][0],
        "incluidos": "on",
        "clave_unidad": USUAL_UNITS[0],
        **known,
    }


def write_taxes(objeto_imp: str, taxes: Iterable[Impuesto]) -> str:
    """
    >>> write_taxes("02", [Impuesto("003", "Tasa", Decimal("0.08")), Impuesto("002", "Exento", None)])
    '02|003:Tasa:0.08+002:Exento:'
    """
    return f"{objeto_imp}|" + "+".join(
        f"{tax.impuesto}:{tax.tipo_factor}:{'' if tax.tasa_o_cuota is None else format(exact(tax.tasa_o_cuota), 'f')}"
        for tax in taxes
    )


def read_taxes(text: str) -> tuple[str, tuple[Impuesto, ...]]:
    """(objeto_imp, taxes). Raises ValueError or ArithmeticError for what we did not write."""
    objeto, _, rest = text.partition("|")
    taxes = []
    for part in rest.split("+") if rest else ():
        impuesto, factor, rate = part.split(":")
        if rate and not AMOUNT.fullmatch(rate):
            raise ValueError(rate)
        taxes.append(Impuesto(impuesto, factor, Decimal(rate) if rate else None))
    return objeto, tuple(taxes)


def tax_words(text: str) -> str:
    """
    >>> tax_words("02|003:Tasa:0.08+002:Tasa:0.16"), tax_words("02|002:Exento:"), tax_words("x")
    ('IEPS 8 % + IVA 16 %', 'IVA exento', '')
    """
    try:
        _, taxes = read_taxes(text)
    except (ValueError, ArithmeticError, MoneyRefused):
        return ""
    return " + ".join(_one_tax(tax) for tax in taxes)


def _one_tax(tax: Impuesto) -> str:
    name = NAMES.get(tax.impuesto, tax.impuesto)
    if tax.tasa_o_cuota is None:
        return f"{name} exento"
    if tax.tipo_factor == "Cuota":
        return f"{name} ${figure(str(tax.tasa_o_cuota), least=2)} por unidad"
    return f"{name} {figure(str(tax.tasa_o_cuota * 100), least=0)} %"


def _with_own(usual: Iterable[tuple[str, str]], own: str, words: str) -> list[tuple[str, str]]:
    choices = list(usual)
    return choices if not own or not words or own in dict(choices) else [*choices, (own, words)]
