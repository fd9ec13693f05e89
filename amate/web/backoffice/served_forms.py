"""What whoever answers the telephone may write down: a promise to pay, a day of courtesy, an exemption."""

from datetime import date
from typing import Any

from django import forms

from amate.billing_cycle.collection.models import Channel
from amate.web.backoffice.sale_form import AmountField
from amate.web.forms import MoneyInput

LONGEST_NOTE = 200


def day_field(label: str, *, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Elige el día", "invalid": "Escribe el día, como 2026-11-22"},
    )


class PromiseForm(forms.Form):
    monto = AmountField(
        label="Cuánto va a pagar",
        widget=MoneyInput({"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": "Escribe cuánto va a pagar"},
    )
    hasta = day_field(
        "A más tardar el", help_text="Hasta ese día no se le corta, y lo cortado por falta de pago vuelve."
    )

    def __init__(self, data: Any = None, *, today: date, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["hasta"].widget.attrs["min"] = today.isoformat()


class CourtesyForm(forms.Form):
    nota = forms.CharField(
        label="Por qué",
        required=False,
        max_length=LONGEST_NOTE,
        help_text="Opcional. Su servicio vuelve ahora y sigue hasta que termine mañana.",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"max_length": f"Escríbelo más corto: caben {LONGEST_NOTE} letras"},
    )


class ChannelsForm(forms.Form):
    no_por = forms.MultipleChoiceField(
        label="No se le recuerda por",
        required=False,
        choices=list(Channel.choices),
        widget=forms.CheckboxSelectMultiple,
        help_text="Facturas, avisos de cobro y el aviso antes de cortar le llegan siempre.",
    )


class ExemptForm(forms.Form):
    exento_hasta = day_field("Hasta el día")
    motivo = forms.CharField(
        label="Por qué",
        max_length=LONGEST_NOTE,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={
            "required": "Escribe por qué: queda en el historial",
            "max_length": f"Escríbelo más corto: caben {LONGEST_NOTE} letras",
        },
    )

    def __init__(self, data: Any = None, *, today: date, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["exento_hasta"].widget.attrs["min"] = today.isoformat()
