"""The form of SMS: the gateway as its manual tells it. Its key is never shown again; an empty one stays as it is."""

from dataclasses import fields
from typing import Any

from django import forms

from amate.adapters.messages import BadAddress
from amate.adapters.messages.sms import Gateway, telephone
from amate.messages.models import TextSettings

PLAIN = {"spellcheck": "false", "autocapitalize": "none"}
BODIES = [("json", "JSON"), ("form", "Formulario"), ("none", "Ninguno: todo va en la dirección")]
EXAMPLE = '{"to": "{{to}}", "from": "{{sender}}", "text": "{{text}}"}'


class TextsForm(forms.Form):
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    url = forms.CharField(
        label="Dirección de tu proveedor",
        max_length=1000,
        help_text="La que da su manual para enviar un mensaje: empieza con https://.",
        error_messages={"required": "Escribe la dirección a la que se envían los mensajes"},
        widget=forms.TextInput(PLAIN),
    )
    method = forms.ChoiceField(label="Se envía por", choices=[("POST", "POST"), ("GET", "GET")])
    kind = forms.ChoiceField(label="Cuerpo", choices=BODIES)
    body = forms.CharField(
        label="Qué lleva el cuerpo",
        required=False,
        max_length=4000,
        help_text="Escribe {{to}} donde va el teléfono, {{text}} donde va el texto, y si los pide {{sender}} e {{id}}.",
        widget=forms.Textarea({**PLAIN, "rows": 4, "class": "mono", "placeholder": EXAMPLE}),
    )
    header = forms.CharField(
        label="Encabezado con que se identifica",
        required=False,
        max_length=200,
        help_text="Nombre, dos puntos y valor: Authorization: Bearer {{key}}.",
        widget=forms.TextInput(PLAIN),
    )
    key = forms.CharField(
        label="Clave",
        required=False,
        max_length=500,
        help_text="Va donde escribas {{key}}. La guardamos cifrada: nadie la vuelve a ver.",
        widget=forms.PasswordInput({"autocomplete": "off", "class": "w-mid", "spellcheck": "false"}),
    )
    sender = forms.CharField(
        label="Remitente", required=False, max_length=40, help_text="El nombre o número que tu proveedor te dio."
    )
    success_at = forms.CharField(
        label="Dónde dice su respuesta que lo aceptó",
        required=False,
        max_length=100,
        help_text="Como messages.0.status. Vacío: basta con que responda sin error.",
        widget=forms.TextInput(PLAIN),
    )
    success = forms.CharField(
        label="Qué dice ahí", required=False, max_length=200, help_text="Si son varias, sepáralas con comas."
    )
    id_at = forms.CharField(
        label="Dónde da su número del mensaje", required=False, max_length=100, widget=forms.TextInput(PLAIN)
    )
    bad_number = forms.CharField(
        label="Qué dice cuando el teléfono no existe",
        required=False,
        max_length=200,
        help_text="Si son varias, sepáralas con comas.",
    )
    most_a_month = forms.IntegerField(
        label="A lo más, mensajes al mes",
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text="Al llegar no sale otro hasta el mes siguiente, y te avisamos en Inicio. Vacío: sin tope.",
        error_messages={"invalid": "Escribe cuántos, como 500", "min_value": "Para no enviar ninguno, apaga los SMS"},
        widget=forms.TextInput({"class": "w-short num", "inputmode": "numeric"}),
    )

    def __init__(self, said: Any = None, *, kept: TextSettings | None) -> None:
        super().__init__(said, initial=_initial(kept))
        if kept is not None and kept.closed_at is None:
            self.fields["key"].help_text = "Ya hay una guardada: déjala vacía para conservarla."

    def clean_url(self) -> str:
        typed = str(self.cleaned_data["url"])
        if not typed.startswith(("https://", "http://")):
            raise forms.ValidationError("La dirección empieza con https://")
        return typed

    def clean_header(self) -> dict[str, str]:
        typed = str(self.cleaned_data["header"])
        name, colon, value = (part.strip() for part in typed.partition(":"))
        if typed and not (colon and name.isascii() and name.replace("-", "").isalnum() and value.isascii() and value):
            raise forms.ValidationError("Escríbelo como nombre: valor, por ejemplo Authorization: Bearer {{key}}")
        return {name: value} if typed else {}

    def clean_success(self) -> frozenset[str]:
        return frozenset(_words(self.cleaned_data["success"]))

    def clean_bad_number(self) -> tuple[str, ...]:
        return _words(self.cleaned_data["bad_number"])

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("success_at") and not said.get("success", True):
            self.add_error("success", "Escribe qué dice ahí cuando lo aceptó")
        return said

    def gateway(self) -> Gateway:
        said = dict(self.cleaned_data)
        known = {one.name for one in fields(Gateway)} - {"private"}
        return Gateway(headers=said["header"], **{name: value for name, value in said.items() if name in known})

    def shows(self, kept: TextSettings | None) -> None:
        """Keep what was typed, over the version that is there now."""
        self.data = {
            **{name: self.data.get(name, "") for name in self.data},
            "version": str(kept.version if kept else 0),
        }


class TrialForm(forms.Form):
    to = forms.CharField(
        label="Enviar la prueba al teléfono",
        max_length=30,
        help_text="A 10 dígitos. Cuenta como un mensaje.",
        error_messages={"required": "Escribe a qué teléfono enviamos la prueba"},
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "tel", "class": "w-mid"}),
    )

    def clean_to(self) -> str:
        try:
            return telephone(self.cleaned_data["to"])
        except BadAddress as bad:
            raise forms.ValidationError(str(bad)) from bad


def _words(typed: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in typed.split(",") if word.strip())


def _initial(kept: TextSettings | None) -> dict[str, Any]:
    if kept is None:
        return {"version": 0}
    shown = dict(kept.shown)
    header = ": ".join(next(iter(shown.pop("headers", {}).items()), ()))
    for name in ("success", "bad_number"):
        shown[name] = ", ".join(shown.get(name, ()))
    return shown | {"version": kept.version, "header": header, "most_a_month": kept.most_a_month}
