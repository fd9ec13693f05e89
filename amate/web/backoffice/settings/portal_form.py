"""The form of the portal's rules."""

from decimal import Decimal
from typing import Any

from django import forms

from amate.companies.set_policy import PolicyFacts
from amate.fiscal.receptor import regimenes_for, usos_for
from amate.fiscal.rfc import Persona
from amate.fiscal.tables.personas import USOS

_BOTH: tuple[Persona, ...] = ("F", "M")
OFFERED = sorted({uso for who in _BOTH for regimen in regimenes_for(who) for uso in usos_for(regimen, who)})
USES = [(uso, f"{uso} · {USOS[uso].texto}") for uso in OFFERED]
NUMBER = {"class": "w-short num", "inputmode": "numeric"}
WHOLE = {"required": "Escribe un número", "invalid": "Escribe un número entero, como 30"}


class PolicyForm(forms.Form):
    follows_company = forms.BooleanField(label="Esta sucursal usa las reglas de la empresa", required=False)
    enabled = forms.BooleanField(label="Portal encendido: tus clientes facturan solos", required=False)
    window_days = forms.IntegerField(
        label="Días para facturar después de la compra",
        help_text="0 es solo el mismo día.",
        min_value=0,
        max_value=366,
        error_messages={**WHOLE, "max_value": "Escribe de 0 a 366 días", "min_value": "Escribe de 0 a 366 días"},
        widget=forms.TextInput(NUMBER),
    )
    until_month_end = forms.BooleanField(label="Sin pasar del fin de mes", required=False)
    grace_days = forms.IntegerField(
        label="Días de gracia después del fin de mes",
        required=False,
        min_value=0,
        max_value=31,
        error_messages={**WHOLE, "max_value": "Escribe de 0 a 31 días", "min_value": "Escribe de 0 a 31 días"},
        widget=forms.TextInput(NUMBER),
    )
    minimum = forms.DecimalField(
        label="Compra mínima en pesos",
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        error_messages={"invalid": "Escribe un importe, como 50.00", "min_value": "Escribe un importe desde 0"},
        widget=forms.TextInput({"class": "w-short num", "inputmode": "decimal"}),
    )
    sources = forms.CharField(
        label="Solo las ventas de estas cajas",
        required=False,
        max_length=400,
        help_text="Los nombres con que tus cajas envían sus ventas, separados por comas. Vacío: todas.",
        widget=forms.TextInput({"class": "mono", "spellcheck": "false"}),
    )
    default_uso = forms.ChoiceField(
        label="Uso propuesto", required=False, choices=[("", "El más común: G03, o S01 si no se puede"), *USES]
    )
    usos = forms.MultipleChoiceField(
        label="Usos que ofreces", required=False, choices=USES, widget=forms.CheckboxSelectMultiple
    )
    effective_from = forms.DateField(
        label="Vale desde el",
        error_messages={"required": "Elige el día", "invalid": "Elige un día del calendario"},
        widget=forms.DateInput({"type": "date", "class": "w-mid"}, format="%Y-%m-%d"),
    )

    def __init__(self, *said: Any, of_a_branch: bool, here: str, **more: Any) -> None:
        super().__init__(*said, **more)
        self.here = here
        if not of_a_branch:
            del self.fields["follows_company"]

    def facts(self) -> PolicyFacts:
        said = self.cleaned_data
        names = (name.strip() for name in said["sources"].split(","))
        return PolicyFacts(
            enabled=said["enabled"],
            window_days=said["window_days"],
            until_month_end=said["until_month_end"],
            grace_days=said["grace_days"] or 0,
            minimum=said["minimum"] or Decimal(0),
            sources=tuple(dict.fromkeys(name for name in names if name)),
            usos=tuple(said["usos"]),
            default_uso=said["default_uso"],
        )
