"""An invoice typed in the office: as a sale at the counter, and besides its currency, discounts and what is withheld."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from amate.fiscal.catalogs import Catalogs, name_of
from amate.fiscal.money import Impuesto, Line, MoneyRefused
from amate.fiscal.withholding import isr_withheld
from amate.self_invoicing.sale import MXN
from amate.web.backoffice.sale_form import AmountField, HeadForm, LineForm
from amate.web.backoffice.tax_choice import USUAL_WITHHELD, read_withheld, with_own, withheld_words

# What people invoice in; an invoice that is repeated may bring another.
MONEDAS = ("MXN", "USD", "EUR", "CAD", "GBP", "JPY")
MOST_PLACES = 6  # of TipoCambio (CFDI40117)


class RateField(AmountField):
    wrong = "Escribe cuántos pesos vale uno, como 18.4567: mayor que cero y con seis decimales cuando mucho"


class InvoiceHead(HeadForm):
    """`tipo_cambio`: pesos for one of `moneda`, of the day of the invoice; nothing in pesos (CFDI40114, CFDI40115)."""

    pago_2 = importe_2 = pago_3 = importe_3 = None  # type: ignore[assignment]  # an invoice says one form of payment
    moneda = forms.CharField(label="Moneda", initial=MXN, required=False, widget=forms.Select())
    tipo_cambio = RateField(
        label="Tipo de cambio",
        required=False,
        max_length=20,
        help_text="Pesos por uno. Solo si no es en pesos; el del día de la factura, como lo publica el Diario Oficial.",
        widget=forms.TextInput({"inputmode": "decimal", "class": "num", "autocomplete": "off"}),
    )

    NAMES: ClassVar = ("sucursal", "pago", "moneda", "tipo_cambio")

    def __init__(self, values: Mapping[str, Any] | None, *, branches: Iterable[tuple[str, str]]) -> None:
        super().__init__(values, branches=branches)
        own = str((values or {}).get("moneda", ""))
        names = [(one, f"{one} · {name_of('moneda', one) or one}") for one in MONEDAS]
        self.fields["moneda"].widget.choices = with_own(names, own, name_of("moneda", own) or "")
        self.monedas = dict(self.fields["moneda"].widget.choices)

    def clean_moneda(self) -> str:
        chosen: str = self.cleaned_data["moneda"] or MXN
        if chosen not in self.monedas:
            raise forms.ValidationError("Elige una moneda de la lista")
        return chosen

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        moneda, rate = said.get("moneda"), said.get("tipo_cambio")
        if moneda == MXN and rate is not None:
            self.add_error("tipo_cambio", "En pesos el tipo de cambio no se escribe: déjalo vacío")
        if moneda not in (None, MXN) and rate is None and "tipo_cambio" not in self.errors:
            self.add_error("tipo_cambio", f"Escribe cuántos pesos vale un {moneda} el día de la factura")
        return said

    @property
    def sold_in(self) -> str:
        """As it is chosen so far."""
        said = str(self["moneda"].value() or MXN)
        return said if said in self.monedas else MXN

    @property
    def tipo_cambio_said(self) -> str:
        """As the document writes it; empty in pesos."""
        rate: Decimal | None = self.cleaned_data.get("tipo_cambio")
        return "" if rate is None else format(rate, "f")


class InvoiceLine(LineForm):
    descuento = AmountField(
        label="Descuento de la partida",
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "decimal", "class": "num"}),
    )
    retenciones = forms.CharField(
        label="Lo que te retienen", max_length=200, required=False, initial="", widget=forms.Select()
    )

    NAMES: ClassVar = (*LineForm.NAMES, "descuento", "retenciones")

    def __init__(self, values: Mapping[str, Any], *, number: int, bound: bool) -> None:
        super().__init__(values, number=number, bound=bound)
        own = str(values.get("retenciones", ""))
        self.fields["retenciones"].widget.choices = with_own(USUAL_WITHHELD, own, withheld_words(own))

    def sold(self, objeto: str, taxes: tuple[Impuesto, ...], *, catalogs: Catalogs, day: date) -> Line | None:
        said = self.cleaned_data
        try:
            held = read_withheld(said.get("retenciones", ""))
        except (ValueError, ArithmeticError, MoneyRefused):
            self.add_error("retenciones", "Elige lo que te retienen de la lista")
            return None
        for tax in held:
            assert tax.tasa_o_cuota is not None
            if not catalogs.is_rate(tax.impuesto, tax.tipo_factor, tax.tasa_o_cuota, retencion=True, as_of=day):
                self.add_error("retenciones", "El SAT no tiene esa tasa para lo que se retiene")
                return None
        if "descuento" not in said:
            return None
        return Line(
            said["cantidad"],
            said["precio"],
            (*taxes, *held),
            said["incluidos"],
            descuento=said["descuento"] or Decimal(0),
            objeto_imp=objeto,
        )

    def withhold_isr(self) -> None:
        """What a persona moral keeps back from a RESICO, where nobody said what it keeps back."""
        if self.line is not None and not any(tax.retencion for tax in self.line.impuestos):
            self.line = isr_withheld(self.line)
