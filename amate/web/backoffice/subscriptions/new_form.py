"""The form of a new subscription, read into what `subscribe` takes."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django import forms

from amate.billing_cycle.subscriptions.models import Plan
from amate.billing_cycle.subscriptions.subscribe import NewSubscription
from amate.companies.billing_policy import FiscalMode
from amate.companies.models import Branch
from amate.web.backoffice.subscriptions.plan_form import MoneyField, day_field, read_figure, whole_number
from amate.web.backoffice.subscriptions.plan_words import priced_words
from amate.web.backoffice.subscriptions.words import MODES
from amate.web.backoffice.wish import wish_field

OPEN, CYCLES, UNTIL = "open", "cycles", "until"
LASTS = (
    (OPEN, "Hasta que se cancele"),
    (CYCLES, "Un número de cobros"),
    (UNTIL, "Hasta un día"),
)
_DAY = timedelta(days=1)
MOST = Decimal(10) ** 8
MOST_ID = 2**63 - 1
# Errors of the act, at the field that a person can mend.
FIELD_OF = {"customer_id": "cliente", "plan_id": "plan", "branch_id": "sucursal", "ends_on": "last_day"}


class QuantityField(forms.CharField):
    def __init__(self, **said: Any) -> None:
        widget = forms.TextInput({"class": "w-short num", "inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, **said)

    def clean(self, value: Any) -> Decimal | None:
        typed = str(super().clean(value)).strip()
        return read_figure(typed, most=MOST, places=3) if typed else None


class NewForm(forms.Form):
    llave = wish_field()
    cliente = forms.IntegerField(
        label="Cliente",
        max_value=MOST_ID,
        widget=forms.HiddenInput,
        error_messages={"required": "Elige a quién vas a suscribir"},
    )
    paga = forms.IntegerField(label="Quién paga", required=False, max_value=MOST_ID, widget=forms.HiddenInput)
    plan = forms.ChoiceField(
        label="Plan", error_messages={"required": "Elige un plan", "invalid_choice": "Elige un plan"}
    )
    sucursal = forms.ChoiceField(label="Sucursal", error_messages={"required": "Elige una sucursal"})
    starts_on = day_field("Desde el", help_text="El primer día con servicio.")
    dura = forms.ChoiceField(label="¿Cuánto dura?", choices=LASTS)
    cycles = whole_number("Cuántos cobros", most=1200, least=1)
    last_day = day_field("Último día con servicio", required=False)
    quantity = QuantityField(label="Cantidad", required=False, help_text="Cuántos contrata: 2 equipos, 3 alumnos.")
    price = MoneyField(
        label="Precio especial",
        required=False,
        help_text="De una unidad y un periodo. Vacío: el del plan, con sus cambios.",
    )
    label = forms.CharField(
        label="Cómo la distingues", max_length=120, required=False,
        help_text="Si tiene varias: una dirección, un dominio. Sale en la factura.",
    )  # fmt: skip
    on_its_own = forms.TypedChoiceField(
        label="Sus facturas", coerce=bool, required=False, empty_value="",
        choices=[("", "Junto con lo demás que paga ese cliente"), ("1", "Siempre aparte")],
    )  # fmt: skip
    fiscal_mode = forms.ChoiceField(label="¿Cuándo sale su factura?", required=False)
    terms_days = whole_number("Días para pagar", most=366, help_text="Vacío: los del plan.")
    first_k = whole_number(
        "Periodos que ya le cobraste en otro lado", most=1200,
        help_text="Esos no se vuelven a cobrar. 0 si empieza aquí.",
    )  # fmt: skip
    external_id = forms.CharField(label="Su clave en tu sistema", max_length=80, required=False)
    charges_setup = forms.TypedChoiceField(
        label="Cuota por empezar", coerce=lambda said: said == "1", required=False, empty_value="",
        choices=[("1", "Cobrarla, si el plan la tiene"), ("", "Esta vez no")],
    )  # fmt: skip

    def __init__(self, *said: Any, plans: Sequence[Plan], branches: Sequence[Branch], today: date, **more: Any) -> None:
        super().__init__(*said, **more)
        named = [(str(one.pk), f"{one.nombre} · {priced_words(one, today=today)}") for one in plans]
        self.fields["plan"].choices = [("", "Elige un plan"), *named]  # type: ignore[attr-defined]
        self.fields["sucursal"].choices = [(str(one.pk), one.nombre) for one in branches]  # type: ignore[attr-defined]
        modes = [("", "Como el plan"), *((mode, words[0]) for mode, words in MODES.items())]
        self.fields["fiscal_mode"].choices = modes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("dura") == CYCLES and not said.get("cycles") and "cycles" not in self.errors:
            self.add_error("cycles", "Escribe cuántos cobros son en total, como 12")
        if said.get("dura") == UNTIL and not said.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", "Elige el último día con servicio")
        return said

    def asked(self) -> NewSubscription:
        """After `is_valid`."""
        said = self.cleaned_data
        until = said["dura"] == UNTIL and said["last_day"]
        return NewSubscription(
            customer_id=said["cliente"],
            branch_id=int(said["sucursal"]),
            plan_id=int(said["plan"]),
            starts_on=said["starts_on"],
            payer_id=said["paga"],
            quantity=said["quantity"] if said["quantity"] is not None else Decimal(1),
            price=said["price"],
            cycles=said["cycles"] if said["dura"] == CYCLES else None,
            ends_on=until + _DAY if until else None,
            first_k=said["first_k"] or 0,
            label=said["label"].strip(),
            external_id=said["external_id"].strip(),
            wish=said["llave"],
            fiscal_mode=FiscalMode(said["fiscal_mode"]) if said["fiscal_mode"] else "",
            terms_days=said["terms_days"],
            on_its_own=bool(said["on_its_own"]),
            charges_setup=bool(said["charges_setup"]),
        )

    def refuse(self, errors: Mapping[str, str]) -> None:
        for name, sentence in errors.items():
            field = FIELD_OF.get(name, name)
            self.add_error(field if field in self.fields else None, sentence)


def seen_of(asked: NewSubscription, told: Any) -> str:
    """Of what a person looked at before he said yes: what was asked, and what would come of it."""
    return sha256(repr((asked, told)).encode()).hexdigest()[:16]
