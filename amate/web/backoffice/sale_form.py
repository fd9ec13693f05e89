"""A sale typed at the counter: what is said of all of it, and of each line."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

from django import forms

from amate.companies.article import Article, article_faults
from amate.fiscal.catalogs import Catalogs, name_of
from amate.fiscal.ingreso import PPD, PUE, IngresoRefused, SaleLine
from amate.fiscal.line import NO_GIFTS
from amate.fiscal.money import Impuesto, Line
from amate.fiscal.rounding import UNITS, quantize
from amate.fiscal.tables.comprobante import FORMAS_PAGO
from amate.self_invoicing.pagos import Pago, PagosDoNotAddUp
from amate.self_invoicing.sale import MXN, POR_DEFINIR, exact
from amate.web.backoffice.tax_choice import AMOUNT, USUAL_TAXES, read_taxes, tax_words, with_own

A_CREDITO = "credito"
USUAL_UNITS = ("H87", "E48", "KGM", "MTR", "LTR", "XBX", "ACT")
CENT = Decimal("0.01")


class AmountField(forms.CharField):
    """A number as people write it: `$`, spaces and commas of thousands go (PAT-2)."""

    wrong = "Escríbelo con punto, como 1,248.50, y mayor que cero"
    nothing = ""
    """What a zero is told, where that is more than `wrong`."""

    def to_python(self, value: Any) -> str:
        typed = re.sub(r"[$\s]", "", str(super().to_python(value)))
        return typed.replace(",", "") if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", typed) else typed

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed and not self.required:
            return None
        if AMOUNT.fullmatch(typed) and not Decimal(typed):
            raise forms.ValidationError(self.nothing or self.wrong)
        if not AMOUNT.fullmatch(typed):
            raise forms.ValidationError(self.wrong)
        return exact(Decimal(typed))


class PesosField(AmountField):
    """An amount of a document: to the cent."""

    wrong = "Escribe el importe con punto, como 1,248.50, y mayor que cero"
    widget = forms.TextInput({"inputmode": "decimal", "class": "num", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        said: Decimal | None = super().clean(value)
        if said is None:
            return None
        cents = quantize(said, UNITS[2])
        if said != cents:
            raise forms.ValidationError("Escríbelo hasta los centavos, como 1,248.50")
        return cents


class PriceField(AmountField):
    nothing = f"El precio es mayor que cero. {NO_GIFTS}"


class LineForm(forms.Form):
    """One line. `line` is there once its amounts are whole, `sale_line` once all of it is valid; the day's catalogues
    judge it."""

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
    precio = PriceField(
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

    NAMES: ClassVar[tuple[str, ...]] = (
        "descripcion", "cantidad", "precio", "impuestos", "incluidos", "clave_prod_serv", "clave_unidad", "clave",
        "unidad",
    )  # fmt: skip

    def __init__(self, values: Mapping[str, Any], *, number: int, bound: bool) -> None:
        self.number = number
        self.line: Line | None = None
        self.sale_line: SaleLine | None = None
        prefix = f"l{number}"
        if bound:
            super().__init__({f"{prefix}-{name}": value for name, value in values.items()}, prefix=prefix)
        else:
            super().__init__(initial=dict(values), prefix=prefix)
        taxes, unit = str(values.get("impuestos", "")), str(values.get("clave_unidad", ""))
        self.fields["impuestos"].widget.choices = with_own(USUAL_TAXES, taxes, tax_words(taxes))
        units = [(key, name_of("clave_unidad", key) or key) for key in USUAL_UNITS]
        self.fields["clave_unidad"].widget.choices = with_own(units, unit, name_of("clave_unidad", unit) or unit)

    def judge(self, *, catalogs: Catalogs, day: date, withholds_isr: bool) -> None:
        """Fill `line` and `sale_line`, or put each mistake on its field. `withholds_isr`: the receiver does, of a RESICO."""
        self.is_valid()
        said = self.cleaned_data
        try:
            objeto, taxes = read_taxes(said.get("impuestos", ""))
        except (ValueError, ArithmeticError):
            self.add_error("impuestos", "Elige los impuestos de la lista")
            return
        if {"cantidad", "precio", "impuestos"} <= said.keys():
            self.line = self.sold(objeto, taxes, catalogs=catalogs, day=day)
        if self.line is not None and withholds_isr:
            self.withhold_isr()
        if self.line is None or self.errors:
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
                line=self.line,
                clave_prod_serv=article.clave_prod_serv,
                clave_unidad=article.clave_unidad,
                descripcion=article.descripcion,
                no_identificacion=said["clave"] or None,
                unidad=article.unidad,
            )
        except IngresoRefused as refused:
            self.add_error(refused.field if refused.field in self.fields else "descripcion", refused.message)

    def withhold_isr(self) -> None:
        """A note to the general public has nothing withheld."""

    def sold(self, objeto: str, taxes: tuple[Impuesto, ...], *, catalogs: Catalogs, day: date) -> Line | None:
        """What it costs and the taxes it is subject to; None: its field says why not."""
        said = self.cleaned_data
        return Line(said["cantidad"], said["precio"], taxes, said["incluidos"], objeto_imp=objeto)


FIELD_OF_ARTICLE = frozenset({"descripcion", "clave_prod_serv", "clave_unidad", "price"})


class HeadForm(forms.Form):
    """What is said once of the whole sale."""

    sucursal = forms.CharField(label="Sucursal", widget=forms.Select())
    pago = forms.CharField(
        label="¿Cómo pagó?",
        initial="01",
        widget=forms.Select(),
    )
    pago_2 = forms.CharField(label="Otra forma", required=False, widget=forms.Select())
    importe_2 = AmountField(
        label="Cuánto pagó así",
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "decimal", "class": "num", "autocomplete": "off"}),
    )
    pago_3 = forms.CharField(label="Y otra forma", required=False, widget=forms.Select())
    importe_3 = AmountField(
        label="Cuánto pagó así",
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "decimal", "class": "num", "autocomplete": "off"}),
    )

    NAMES: ClassVar[tuple[str, ...]] = ("sucursal", "pago", "pago_2", "importe_2", "pago_3", "importe_3")

    def __init__(self, values: Mapping[str, Any] | None, *, branches: Iterable[tuple[str, str]]) -> None:
        super().__init__(values)
        ways = [(key, f"{key} · {entry.texto}") for key, entry in FORMAS_PAGO.items() if key != POR_DEFINIR]
        self.branches = dict(branches)
        self.fields["sucursal"].widget.choices = list(self.branches.items())
        for name in {"pago_2", "pago_3"} & self.fields.keys():
            self.fields[name].widget.choices = [("", "Ninguna"), *ways]
        self.fields["pago"].widget.choices = [*ways, (A_CREDITO, "A crédito: paga después (PPD, 99)")]

    def quiet(self) -> Self:
        """As a page that nobody has sent yet: no errors."""
        self._errors = forms.utils.ErrorDict()
        return self

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

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        for number in (2, 3):
            forma, importe = said.get(f"pago_{number}"), said.get(f"importe_{number}")
            if forma and (forma not in FORMAS_PAGO or forma == POR_DEFINIR):
                self.add_error(f"pago_{number}", "Elige cómo pagó de la lista")
            if forma and not importe and f"importe_{number}" not in self.errors:
                self.add_error(f"importe_{number}", "Escribe cuánto pagó así")
            if importe and not forma:
                self.add_error(f"pago_{number}", "Elige con qué lo pagó")
            if importe and importe != importe.quantize(CENT):
                self.add_error(f"importe_{number}", "Escríbelo con pesos y centavos, como 1,248.50")
            if forma and said.get("pago") == A_CREDITO:
                self.add_error(f"pago_{number}", "A crédito todavía no hay pagos: quita esta forma")
        return said

    def pagos(self, total: Decimal) -> tuple[Pago, ...]:
        """What each way paid; the first one paid the rest. Empty when there is only one. Raises PagosDoNotAddUp when
        the others leave nothing for it."""
        others = [
            Pago(self.cleaned_data[f"pago_{number}"], self.cleaned_data[f"importe_{number}"].quantize(CENT))
            for number in (2, 3)
            if self.cleaned_data.get(f"pago_{number}")
        ]
        if not others:
            return ()
        rest = total - sum(one.importe for one in others)
        if rest <= 0:
            raise PagosDoNotAddUp(said=total - rest, total=total)
        return (Pago(self.cleaned_data["pago"], rest), *others)

    @property
    def sold_in(self) -> str:
        """The currency: a note is in pesos."""
        return MXN

    @property
    def payment(self) -> tuple[str, str]:
        """(forma_pago, metodo_pago): 99 comes with PPD and with nothing else."""
        chosen: str = self.cleaned_data["pago"]
        return (POR_DEFINIR, PPD) if chosen == A_CREDITO else (chosen, PUE)
