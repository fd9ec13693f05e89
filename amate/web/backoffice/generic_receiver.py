"""A receiver without an RFC of his own: somebody in Mexico under his name, or somebody who pays his taxes elsewhere (REC-5 b,
REC-6). The rest of his data is what the SAT wants of all of them."""

from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.http import QueryDict

from amate.customers.models import FiscalProfile
from amate.fiscal.catalogs import catalogs_in_force
from amate.fiscal.receptor import ReadReceptor, Receptor, ReceptorRefused, foreign_receptor, public_receptor
from amate.fiscal.rfc import GENERIC_EXTRANJERO, GENERICS
from amate.web.backoffice.receiver_form import ReceiverForm, as_typed, look_up, typed_receiver
from amate.web.countries import countries
from amate.web.mail_address import MailField

OWN = ("residencia_fiscal", "num_reg_id_trib")
SAID = "Es el RFC genérico: la factura dirá su nombre, régimen 616, uso S01 y el código postal de tu sucursal."


class GenericReceiver(forms.Form):
    """Bound to what was typed so far. `receptor` is there once it is valid."""

    rfc = forms.CharField(label="RFC de tu cliente", widget=forms.TextInput({"class": "w-mid mono upper"}))
    nombre = forms.CharField(
        label="Nombre o razón social", max_length=300, error_messages={"required": "Escribe el nombre de tu cliente"}
    )
    residencia_fiscal = forms.CharField(label="País donde paga impuestos", required=False, widget=forms.Select())
    num_reg_id_trib = forms.CharField(
        label="Su número de contribuyente", max_length=40, required=False, help_text="El que le dio su país. Opcional."
    )
    correo = MailField(label="Correo electrónico", required=False)

    customer_id = None

    def __init__(self, typed: Mapping[str, Any], *, cp: str) -> None:
        self.cp = cp
        self.receptor: ReadReceptor | None = None
        super().__init__({name: str(typed.get(name, "")) for name in self.base_fields}, auto_id="%s")
        if self.data["rfc"] == GENERIC_EXTRANJERO:
            self.fields["residencia_fiscal"].widget.choices = [("", "Sin decirlo"), *countries()]
        else:
            for name in OWN:
                del self.fields[name]

    def quiet(self) -> Self:
        self._errors = forms.utils.ErrorDict()
        return self

    def lands_on(self, name: str, message: str) -> None:
        """A refusal of the SAT, on the field it is about where there is such a field."""
        self.quiet()
        self.cleaned_data = {}
        self.add_error(name if name in self.fields else "nombre", message)

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return self.cleaned_data
        try:
            self.receptor = ReadReceptor(self._read(), "", {})
        except ReceptorRefused as refused:
            for name, message in refused.errors.items():
                self.add_error(name, message)
        return self.cleaned_data

    def _read(self) -> Receptor:
        nombre = self.cleaned_data["nombre"]
        if self.data["rfc"] != GENERIC_EXTRANJERO:
            return public_receptor(nombre=nombre, lugar_expedicion=self.cp)
        return foreign_receptor(
            nombre=nombre,
            lugar_expedicion=self.cp,
            catalogs=catalogs_in_force(),
            **{name: self.cleaned_data[name] or None for name in OWN},
        )


def anybody(typed: Mapping[str, str], *, cp: str) -> ReceiverForm | GenericReceiver:
    """The form that whoever was typed needs. `cp`: of the place of issue."""
    form = ReceiverForm(typed)
    rfc = str(form.data["rfc"])
    return GenericReceiver({**typed, "rfc": rfc}, cp=cp) if rfc in GENERICS else form


def look_up_anybody(typed: Mapping[str, str], *, cp: str) -> tuple[ReceiverForm | GenericReceiver, str]:
    """As `receiver_form.look_up`; under the generic RFCs there is nobody to find."""
    form = anybody(typed, cp=cp)
    return (form.quiet(), SAID) if isinstance(form, GenericReceiver) else look_up(typed)


def typed_anybody(post: QueryDict) -> dict[str, str]:
    """Of any receiver, letter for letter but for NUL."""
    return {**typed_receiver(post), **{name: str(post.get(name, "")).replace("\0", "")[:60] for name in OWN}}


def anybody_as_typed(profile: FiscalProfile, *, correo: str) -> dict[str, str]:
    return {**as_typed(profile, correo=correo), **{name: getattr(profile, name) for name in OWN}}
