"""Why a person suspends a service, and why he takes it back."""

from django import forms

from amate.billing_cycle.service.hold_by_hand import BY_HAND

LONGEST = 200
CHOICES = [(one.value, one.label) for one in BY_HAND]
TOO_LONG = f"Escríbelo más corto: caben {LONGEST} letras"
CHOOSE = {"required": "Elige un motivo", "invalid_choice": "Elige un motivo de la lista"}


class EndServiceForm(forms.Form):
    baja = forms.CharField(
        label="Por qué se da de baja",
        max_length=300,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Escribe por qué se da de baja: queda en el historial"},
    )


class HoldServiceForm(forms.Form):
    motivo = forms.ChoiceField(label="Motivo", choices=CHOICES, error_messages=CHOOSE)
    nota = forms.CharField(
        label="Qué pasó",
        max_length=LONGEST,
        help_text="Lo verá quien atienda al cliente.",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Escribe qué pasó", "max_length": TOO_LONG},
    )


class LiftServiceForm(forms.Form):
    quita = forms.ChoiceField(label="Qué suspensión", choices=CHOICES, error_messages=CHOOSE)
    porque = forms.CharField(
        label="Por qué vuelve",
        max_length=LONGEST,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Escribe por qué vuelve", "max_length": TOO_LONG},
    )
