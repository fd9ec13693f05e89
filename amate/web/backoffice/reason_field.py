"""Why a person holds a note or does away with it."""

from typing import Any, ClassVar

from django import forms

from amate.self_invoicing.hold import LONGEST_REASON


class ReasonField(forms.CharField):
    default_error_messages: ClassVar = {
        "required": "Escribe el motivo: queda en el historial",
        "max_length": f"Escríbelo más corto: caben {LONGEST_REASON} letras",
    }

    def __init__(self, **said: Any) -> None:
        super().__init__(
            label="Motivo",
            max_length=LONGEST_REASON,
            help_text="Lo verá tu equipo en el historial; tus clientes no.",
            widget=forms.TextInput({"autocomplete": "off"}),
            **said,
        )
