"""The form of a plan: what people say of it, read into what the acts take."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from amate.billing_cycle.subscriptions.calendar import Unit
from amate.billing_cycle.subscriptions.models import LastStub, Plan, PlanPrice, Stub
from amate.billing_cycle.subscriptions.plan_facts import PlanFacts, PriceOf
from amate.billing_cycle.subscriptions.prices import taxes_of
from amate.companies.billing_policy import FiscalMode, WhileSuspended
from amate.fiscal.money import MoneyRefused
from amate.fiscal.tables.comprobante import FORMAS_PAGO
from amate.intake.cells import CellRefused, read_number
from amate.web.backoffice.subscriptions.words import MODES, SUSPENDED
from amate.web.backoffice.tax_choice import (
    USUAL_TAXES,
    USUAL_WITHHELD,
    read_taxes,
    read_withheld,
    tax_words,
    with_own,
    withheld_words,
    write_taxes,
    write_withheld,
)
from amate.web.forms import MoneyInput

POR_DEFINIR = "99"
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
FAR_AWAY = "Elige un día entre los años 2000 y 2100"
MOST_PESOS = Decimal(10) ** 10
OTHER = "other"
FREQUENCIES = (
    ("month:1", "Cada mes"),
    ("semimonth:1", "Cada quincena"),
    ("week:1", "Cada semana"),
    ("week:2", "Cada dos semanas (14 días)"),
    ("day:10", "Cada 10 días"),
    ("month:2", "Cada dos meses"),
    ("month:3", "Cada tres meses"),
    ("month:4", "Cada cuatro meses"),
    ("month:6", "Cada seis meses"),
    ("year:1", "Cada año"),
    (OTHER, "Otra: escríbela abajo"),
)
UNITS = (
    (Unit.DAY, "días"),
    (Unit.WEEK, "semanas"),
    (Unit.SEMIMONTH, "quincenas"),
    (Unit.MONTH, "meses"),
    (Unit.YEAR, "años"),
)
START, FIXED, MONTH_END = "start", "fixed", "month_end"
CUTS = (
    (START, "El día en que empieza cada cliente"),
    (FIXED, "Un día fijo del mes, para todos"),
    (MONTH_END, "El último día del mes, para todos"),
)
NUMBER = {"class": "w-short num", "inputmode": "numeric", "autocomplete": "off"}
WHOLE = {"invalid": "Escribe un número entero, como 5", "required": "Escribe un número"}
MONEY = {"class": "num", "inputmode": "decimal", "autocomplete": "off", "maxlength": 24}
# Errors of the acts, at the field that a person can mend.
FIELD_OF = {
    "amount": "precio",
    "taxes": "impuestos",
    "objeto_imp": "impuestos",
    "valid_from": "desde",
    "unit": "frecuencia",
}


def whole_number(label: str, *, most: int, help_text: str = "", least: int = 0) -> forms.IntegerField:
    said = {**WHOLE, "max_value": f"Escribe de {least} a {most}", "min_value": f"Escribe de {least} a {most}"}
    return forms.IntegerField(
        label=label, required=False, min_value=least, max_value=most, help_text=help_text,
        error_messages=said, widget=forms.TextInput(NUMBER),
    )  # fmt: skip


def day_field(label: str, *, help_text: str = "", required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        validators=[MinValueValidator(FIRST_DAY, FAR_AWAY), MaxValueValidator(LAST_DAY, FAR_AWAY)], required=required, help_text=help_text,
        error_messages={"required": "Elige el día", "invalid": "Elige un día del calendario"},
        widget=forms.DateInput({"type": "date", "class": "w-mid"}, format="%Y-%m-%d"),
    )  # fmt: skip


def _is_yes(said: str) -> bool:
    return said == "1"


class MoneyField(forms.CharField):
    """A number as people write it: "$1,248.50"."""

    def __init__(self, **said: Any) -> None:
        super().__init__(widget=MoneyInput(MONEY), **said)

    def clean(self, value: Any) -> Decimal | None:
        typed = str(super().clean(value)).strip()
        return read_figure(typed, most=MOST_PESOS, places=6) if typed else None


def read_figure(typed: str, *, most: Decimal, places: int) -> Decimal:
    """A number as people write it. Raises ValidationError for what is none, or too large or too fine to be meant."""
    try:
        number = read_number(typed)
    except CellRefused as refused:
        raise forms.ValidationError(refused.message) from refused
    if abs(number) >= most:
        raise forms.ValidationError("Ese número es demasiado grande: revísalo")
    if number != number.quantize(Decimal(1).scaleb(-places)):
        raise forms.ValidationError(f"Escríbelo con {places} decimales a lo más")
    return number


class PriceForm(forms.Form):
    """From when on a plan costs how much, and with which taxes."""

    precio = MoneyField(
        label="Precio de cada periodo", error_messages={"required": "Escribe cuánto cuesta cada periodo"}
    )
    sin_impuestos = forms.TypedChoiceField(
        label="El precio", choices=[("0", "Ya trae el IVA"), ("1", "Es más IVA")], coerce=_is_yes
    )
    impuestos = forms.ChoiceField(label="Impuestos", choices=USUAL_TAXES)
    retenciones = forms.ChoiceField(
        label="Retenciones", choices=USUAL_WITHHELD, required=False,
        help_text="Solo las hace una persona moral: a los demás no se les aplican.",
    )  # fmt: skip
    desde = day_field("Vale desde el", help_text="Entra con el primer periodo que empiece ese día o después.")

    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        own, withheld = str(self["impuestos"].value() or ""), str(self["retenciones"].value() or "")
        self.fields["impuestos"].choices = with_own(USUAL_TAXES, own, tax_words(own))  # type: ignore[attr-defined]
        self.fields["retenciones"].choices = with_own(USUAL_WITHHELD, withheld, withheld_words(withheld))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        try:
            self.objeto_imp, taxes = read_taxes(said.get("impuestos", ""))
            self.taxes = (*taxes, *read_withheld(said.get("retenciones", "")))
        except (ValueError, ArithmeticError, MoneyRefused):
            self.add_error("impuestos", "Elige los impuestos de la lista")
        return said

    def price(self) -> PriceOf:
        """After `is_valid`."""
        said = self.cleaned_data
        return PriceOf(said["desde"], said["precio"], not said["sin_impuestos"], self.taxes)

    def refuse(self, errors: Mapping[str, str]) -> None:
        for name, sentence in errors.items():
            field = FIELD_OF.get(name, name)
            self.add_error(field if field in self.fields else None, sentence)


class PlanForm(PriceForm):
    """A whole plan. Of one that is there the price has its own form."""

    nombre = forms.CharField(
        label="Nombre del plan", max_length=120, error_messages={"required": "Escribe cómo se llama el plan"},
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    concept = forms.CharField(
        label="Lo que dirá la factura", max_length=1000,
        help_text="{mes}, {mes anterior}, {mes siguiente}, {año} y {periodo} se llenan solos.",
        error_messages={"required": "Escribe qué dirá la factura, como «Internet de {mes}»"},
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    clave_prod_serv = forms.CharField(
        label="Clave del SAT del servicio", max_length=8, help_text="8 números. Si no la sabes, búscala abajo.",
        error_messages={"required": "Elige la clave del SAT del servicio"},
        widget=forms.TextInput({"class": "w-short", "inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    clave_unidad = forms.CharField(
        label="Clave del SAT de la unidad", max_length=3, help_text="E48 es servicio.",
        error_messages={"required": "Elige la clave del SAT de la unidad"},
        widget=forms.TextInput({"class": "w-short upper", "autocomplete": "off"}),
    )  # fmt: skip
    unidad = forms.CharField(label="Unidad, como la imprimes", max_length=20, required=False)
    frecuencia = forms.ChoiceField(label="¿Cada cuánto se cobra?", choices=FREQUENCIES)
    every = whole_number("Cada cuántos", most=120, least=1)
    otra = forms.ChoiceField(label="De qué", choices=UNITS, required=False)
    corte = forms.ChoiceField(label="¿Qué día empieza cada periodo?", choices=CUTS)
    cut_day = whole_number("Día fijo de corte", most=31, least=1, help_text="31 es el último del mes.")
    day_a = whole_number("Primer día de la quincena", most=30, least=1)
    day_b = whole_number("Segundo día de la quincena", most=31, least=2, help_text="31 es el último del mes.")
    in_advance = forms.TypedChoiceField(
        label="¿Cuándo se cobra?", coerce=_is_yes,
        choices=[("1", "Por adelantado: cuando empieza el periodo"), ("0", "Vencido: cuando el periodo terminó")],
    )  # fmt: skip
    lead_days = whole_number(
        "Días antes", most=60, help_text="Cuántos días antes de que empiece el periodo sale el cobro. 0: ese mismo día."
    )
    terms_days = whole_number("Días para pagar", most=366, help_text="Vacío: los de tus reglas de cobro.")
    fiscal_mode = forms.ChoiceField(label="¿Cuándo sale la factura?", required=False)
    forma_pago = forms.ChoiceField(
        label="Forma de pago de la factura PUE", required=False,
        choices=[(key, f"{key} · {one.texto}") for key, one in FORMAS_PAGO.items() if key != POR_DEFINIR],
        help_text="Solo con «PUE que se paga en el mismo mes»: ahí se dice antes de que paguen.",
    )  # fmt: skip
    reviewed = forms.TypedChoiceField(
        label="¿Quién da la salida?", coerce=_is_yes,
        choices=[("0", "Automático: se cobra solo en su día"), ("1", "Reviso primero: nada sale hasta que lo apruebe")],
    )  # fmt: skip
    bill_while_suspended = forms.ChoiceField(
        label="Mientras el servicio está suspendido por falta de pago", required=False
    )
    first_stub = forms.ChoiceField(
        label="Un primer periodo más corto", choices=Stub.choices,
        help_text="Con corte fijo, quien empieza a la mitad.",
    )  # fmt: skip
    last_stub = forms.ChoiceField(label="Cuando termina a la mitad de un periodo", choices=LastStub.choices)
    trial_every = whole_number("Prueba sin costo", most=120, help_text="0: sin prueba.")
    trial_unit = forms.ChoiceField(label="De qué es la prueba", choices=UNITS, required=False)
    trial_moves_anchor = forms.BooleanField(label="El primer cobro fija el nuevo día de corte", required=False)
    setup_fee = MoneyField(label="Cuota por empezar", required=False, help_text="Con los mismos impuestos del precio.")
    setup_concept = forms.CharField(label="Cómo se llama esa cuota", max_length=1000, required=False)

    NAMES = ("precio", "sin_impuestos", "impuestos", "retenciones", "desde")

    def __init__(self, *said: Any, house_mode: str, house_suspended: str, priced: bool = True, **more: Any) -> None:
        """`house_…`: what holds where the plan says nothing. Not `priced`: a plan that is there."""
        super().__init__(*said, **more)
        if not priced:
            for name in self.NAMES:
                del self.fields[name]
        house = MODES[FiscalMode(house_mode)][0]
        modes = [("", f"Como tus reglas de cobro ({house})"), *((mode, words[0]) for mode, words in MODES.items())]
        self.fields["fiscal_mode"].choices = modes  # type: ignore[attr-defined]
        house = SUSPENDED[WhileSuspended(house_suspended)]
        self.fields["bill_while_suspended"].choices = [  # type: ignore[attr-defined]
            ("", f"Como tus reglas de cobro ({house[0].lower()}{house[1:]})"),
            *SUSPENDED.items(),
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() if "precio" in self.fields else forms.Form.clean(self) or self.cleaned_data
        assert said is not None
        if said.get("frecuencia") == OTHER and not said.get("every"):
            self.add_error("every", "Escribe cada cuántos se cobra, como 45")
        if said.get("corte") == FIXED and not said.get("cut_day"):
            self.add_error("cut_day", "Escribe un día del 1 al 31; 31 es el último del mes")
        return said

    def facts(self, *, objeto_imp: str = "") -> PlanFacts:
        """After `is_valid`. `objeto_imp`: of a plan that is there."""
        said = self.cleaned_data
        unit, every = str(said["otra"]), said["every"] or 1
        if said["frecuencia"] != OTHER:
            unit, _, count = said["frecuencia"].partition(":")
            every = int(count)
        cut = {START: None, FIXED: said["cut_day"], MONTH_END: 31}[said["corte"]]
        trial = said["trial_every"] or 0
        return PlanFacts(
            nombre=said["nombre"],
            concept=said["concept"],
            clave_prod_serv=said["clave_prod_serv"],
            clave_unidad=said["clave_unidad"].upper(),
            unidad=said["unidad"],
            objeto_imp=objeto_imp or self.objeto_imp,
            unit=Unit(unit),
            every=every,
            cut_day=cut,
            day_a=said["day_a"] or 1,
            day_b=said["day_b"] or 16,
            in_advance=bool(said["in_advance"]),
            lead_days=said["lead_days"] or 0,
            terms_days=said["terms_days"],
            fiscal_mode=said["fiscal_mode"],
            forma_pago=said["forma_pago"] or "03",
            bill_while_suspended=said["bill_while_suspended"],
            reviewed=bool(said["reviewed"]),
            first_stub=said["first_stub"],
            last_stub=said["last_stub"],
            trial_unit=said["trial_unit"] if trial else "",
            trial_every=trial,
            trial_moves_anchor=bool(trial) and said["trial_moves_anchor"],
            setup_fee=said["setup_fee"] or Decimal(0),
            setup_concept=said["setup_concept"] or "Instalación",
        )


def new_plan(*, today: date, taxes: str) -> dict[str, Any]:
    """What the empty form begins with."""
    return {
        "clave_unidad": "E48",
        "frecuencia": "month:1",
        "every": "",
        "otra": Unit.MONTH,
        "corte": START,
        "day_a": 1,
        "day_b": 16,
        "in_advance": "1",
        "lead_days": 0,
        "forma_pago": "03",
        "trial_every": 0,
        "trial_unit": Unit.DAY,
        "setup_concept": "Instalación",
        "impuestos": taxes,
        "desde": today,
    }


def plan_as_typed(plan: Plan) -> dict[str, Any]:
    often = f"{plan.unit}:{plan.every}"
    usual = often in dict(FREQUENCIES)
    return {
        **{name: getattr(plan, name) for name in (
            "nombre", "concept", "clave_prod_serv", "clave_unidad", "unidad", "day_a", "day_b", "lead_days",
            "fiscal_mode", "forma_pago", "bill_while_suspended", "first_stub", "last_stub", "trial_every",
            "trial_moves_anchor", "setup_concept",
        )},
        "frecuencia": often if usual else OTHER,
        "every": "" if usual else plan.every,
        "otra": plan.unit,
        "corte": START if plan.cut_day is None else MONTH_END if plan.cut_day == 31 else FIXED,
        "cut_day": "" if plan.cut_day in (None, 31) else plan.cut_day,
        "in_advance": "1" if plan.in_advance else "0",
        "terms_days": "" if plan.terms_days is None else plan.terms_days,
        "reviewed": "1" if plan.reviewed else "0",
        "trial_unit": plan.trial_unit or Unit.DAY,
        "setup_fee": figure_of(plan.setup_fee) if plan.setup_fee else "",
    }  # fmt: skip


def price_as_typed(price: PlanPrice, plan: Plan) -> dict[str, Any]:
    """What the next price begins with: the taxes of the one before."""
    taxes = taxes_of(price)
    return {
        "sin_impuestos": "0" if price.includes_tax else "1",
        "impuestos": write_taxes(plan.objeto_imp, [tax for tax in taxes if not tax.retencion]),
        "retenciones": write_withheld(taxes),
    }


def figure_of(amount: Decimal) -> str:
    """
    >>> figure_of(Decimal("1599.000000")), figure_of(Decimal("10.5"))
    ('1,599.00', '10.50')
    """
    return f"{amount:,.2f}" if amount == amount.quantize(Decimal("0.01")) else f"{amount:,f}".rstrip("0")
