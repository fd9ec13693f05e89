"""Why a charge is given up or voided."""

from django import forms

LONGEST = 200


class GiveUpForm(forms.Form):
    motivo = forms.CharField(
        label="Motivo",
        max_length=LONGEST,
        help_text="Lo verá tu equipo en el historial; tu cliente no.",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={
            "required": "Escribe el motivo: queda en el historial",
            "max_length": f"Escríbelo más corto: caben {LONGEST} letras",
        },
    )
