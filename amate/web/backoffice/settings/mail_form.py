"""The forms of Correo: one for each kind of way out. A secret is never shown again; an empty one stays as it is."""

import re
from typing import Any

from django import forms

from amate.adapters.messages import SMTP, Tls
from amate.adapters.messages.providers import EUROPE, PROVIDERS
from amate.messages.models import MailSettings
from amate.messages.set_mail import MailFacts
from amate.web.mail_address import MailField

HOUSE, PROVIDER = MailSettings.HOUSE, "proveedor"
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
KEEPS = "Ya hay una guardada: déjala vacía para conservarla."
SPEECH = [("", "De tú: «Tu factura está lista»"), ("1", "De usted: «Su factura está lista»")]


def _secret(label: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": "off", "class": "w-mid", "spellcheck": "false"})
    return forms.CharField(label=label, required=False, max_length=2000, strip=True, widget=widget, **more)


class MailForm(forms.Form):
    """What every way asks."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    usted = forms.ChoiceField(label="Cómo hablan tus correos", choices=SPEECH, required=False)
    reply_to = MailField(
        label="Las respuestas llegan a",
        required=False,
        help_text="Vacío: al correo de Ajustes › Empresa.",
    )

    def __init__(self, said: Any = None, *, kept: MailSettings | None) -> None:
        super().__init__(said, initial=self._initial(kept))
        if "secret" in self.fields and kept is not None and kept.sealed_secret and self.is_of(kept):
            self.fields["secret"].help_text = KEEPS

    def is_of(self, kept: MailSettings) -> bool:
        """Whether what is in use is of this kind."""
        return kept.way == HOUSE

    def shows(self, kept: MailSettings | None) -> None:
        """Keep what was typed, over the version that is there now."""
        self.data = {
            **{name: self.data.get(name, "") for name in self.data},
            "version": str(kept.version if kept else 0),
        }

    def _initial(self, kept: MailSettings | None) -> dict[str, Any]:
        if kept is None:
            return {"version": 0}
        shared = {"version": kept.version, "usted": "1" if kept.usted else "", "reply_to": kept.reply_to}
        if not self.is_of(kept):
            return shared | {"sender": kept.sender}
        return shared | {
            name: getattr(kept, name) for name in self.base_fields if name not in (*shared, "secret", "signing")
        }


class Sending(MailForm):
    """Of a way that is the company's own."""

    sender = MailField(
        label="Remitente",
        help_text="La dirección con que salen, de tu dominio: facturas@tudominio.mx.",
        error_messages={"required": "Escribe con qué dirección salen tus correos"},
    )


class SmtpForm(Sending):
    host = forms.CharField(
        label="Servidor",
        max_length=253,
        help_text="Como smtp.tudominio.mx.",
        error_messages={"required": "Escribe el nombre de tu servidor, como smtp.tudominio.mx"},
        widget=forms.TextInput({"spellcheck": "false", "autocapitalize": "none"}),
    )
    port = forms.IntegerField(
        label="Puerto",
        min_value=1,
        max_value=65535,
        initial=587,
        error_messages={"required": "Escribe el puerto: suele ser 587", "invalid": "El puerto es un número, como 587"},
        widget=forms.TextInput({"class": "w-short num", "inputmode": "numeric"}),
    )
    tls = forms.ChoiceField(
        label="Cifrado",
        choices=[
            (Tls.STARTTLS.value, "STARTTLS (puerto 587)"),
            (Tls.FROM_THE_START.value, "TLS desde el inicio (puerto 465)"),
            (Tls.NONE.value, "Ninguno: solo en tu propia red"),
        ],
    )
    user = forms.CharField(
        label="Usuario",
        required=False,
        max_length=200,
        help_text="Vacío si tu servidor no pide.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )
    secret = _secret("Contraseña")

    def is_of(self, kept: MailSettings) -> bool:
        return kept.way == SMTP

    def clean_host(self) -> str:
        typed = str(self.cleaned_data["host"]).strip().lower()
        if not HOST.fullmatch(typed):
            raise forms.ValidationError("Es solo el nombre del servidor, como smtp.tudominio.mx: sin https:// ni rutas")
        return typed


class ProviderForm(Sending):
    way = forms.ChoiceField(
        label="Proveedor",
        choices=[("", "Elige uno"), *((one.code, one.name) for one in PROVIDERS.values())],
        error_messages={"required": "Elige tu proveedor"},
    )
    secret = _secret("Clave de API")
    user = forms.CharField(
        label="Primera clave",
        required=False,
        max_length=200,
        help_text="Solo Mailjet, que da dos claves: aquí va la de API y arriba la secreta.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    domain = forms.CharField(
        label="Dominio de envío",
        required=False,
        max_length=253,
        help_text="Solo Mailgun, si no es el de tu remitente.",
        widget=forms.TextInput({"spellcheck": "false", "autocapitalize": "none"}),
    )
    region = forms.ChoiceField(
        label="Región de tu cuenta",
        choices=[("", "Estados Unidos"), (EUROPE, "Europa")],
        required=False,
        help_text="Solo Mailgun y SparkPost.",
    )
    signing = _secret(
        "Clave que firma los avisos",
        help_text="Con Mailgun, MailerSend y Mailtrap: la da la página de webhooks. Sin ella no creemos sus avisos.",
    )

    def is_of(self, kept: MailSettings) -> bool:
        return kept.way in PROVIDERS

    def clean_domain(self) -> str:
        typed = str(self.cleaned_data["domain"]).strip().lower()
        if typed and not HOST.fullmatch(typed):
            raise forms.ValidationError("Es solo el dominio, como mg.tudominio.mx")
        return typed


class TestForm(forms.Form):
    __test__ = False  # not one of pytest's

    to = MailField(
        label="Enviar la prueba a",
        error_messages={"required": "Escribe a qué correo enviamos la prueba"},
    )


FORMS: dict[str, type[MailForm]] = {HOUSE: MailForm, SMTP: SmtpForm, PROVIDER: ProviderForm}


def facts_of(tab: str, said: dict[str, Any]) -> MailFacts:
    """What was typed, as the act takes it."""
    kept = {name: value for name, value in said.items() if name not in ("version", "usted")}
    return MailFacts(**({"way": tab} | kept), usted=said["usted"] == "1")
