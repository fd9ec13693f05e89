"""The receiver at the counter: the portal's own rules, filled in for whoever was invoiced before."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from amate.customers.models import FiscalProfile
from amate.fiscal.rfc import GENERICS
from amate.fiscal.tables.personas import USOS
from amate.web.fiscal_form import FIELDS, FiscalForm, advice

KNOWN = "Ya es cliente: estos son los datos con los que el SAT lo aceptó. Confirma que no hayan cambiado."
NEW = "Es la primera vez que le facturas: copia sus datos de su Constancia de Situación Fiscal."


class ReceiverForm(FiscalForm):
    """Every use that the SAT accepts is offered: what the portal leaves out is what people come to the counter for."""

    def __init__(self, typed: Mapping[str, Any]) -> None:
        super().__init__(typed, offered=None, refresh="")
        # A name that the SAT accepted before is right, form of company and all.
        known = profile_of(self.data["rfc"])
        self.customer_id = known.customer_id if known else None
        self.keep_suffix = known is not None and known.nombre == self.data["nombre"].strip().upper()

    def _dress(self, refresh: str) -> None:
        super()._dress(refresh)
        for name in ("rfc", "regimen_fiscal"):
            attrs = self.fields[name].widget.attrs
            self.fields[name].widget.attrs = {key: value for key, value in attrs.items() if not key.startswith("hx-")}
        for name, label, hint in STAFF_WORDS:
            self.fields[name].label, self.fields[name].help_text = label, hint
        self.fields["cp"].help_text = self.place
        self.fields["rfc"].error_messages["required"] = "Escribe el RFC de tu cliente"
        self.fields["uso_cfdi"].widget = forms.Select(
            choices=[(uso, f"{uso} · {USOS[uso].texto}") for uso in self.usos]
        )
        self.data = {**self.data, "uso_cfdi": self.chosen}


STAFF_WORDS = (
    ("rfc", "RFC de tu cliente", "12 caracteres si es empresa, 13 si es persona."),
    ("cp", "Código postal de su domicilio fiscal", ""),
    ("regimen_fiscal", "Régimen fiscal", "El que dice su Constancia de Situación Fiscal."),
    ("uso_cfdi", "Uso del CFDI", "Para qué usará la factura. Solo los que el SAT acepta con su régimen."),
    ("correo", "Correo electrónico", "Le mandamos ahí el PDF y el XML. Sin correo, se los das tú."),
)


def typed_receiver(post: QueryDict) -> dict[str, str]:
    """What was typed, letter for letter but for NUL."""
    return {name: str(post.get(name, "")).replace("\0", "")[:320] for name in FIELDS}


def is_another(post: QueryDict) -> bool:
    """Whether the RFC was changed after the page was filled in for one: then the rest is somebody else's."""
    return str(ReceiverForm(typed_receiver(post)).data["rfc"]) != post.get("rfc_buscado", "")


def look_up(typed: Mapping[str, str]) -> tuple[ReceiverForm, str]:
    """The form for the RFC that was typed, filled in from the customer's current data; and what to say of it."""
    form = ReceiverForm(typed).quiet()
    words, wrong = advice(form.data["rfc"])
    if not form.data["rfc"] or wrong:
        form.lands_on("rfc", words or "Escribe el RFC de tu cliente")
        return form, ""
    known = profile_of(form.data["rfc"])
    if known is None:
        return form, NEW
    return ReceiverForm(as_typed(known, correo=form.data["correo"])).quiet(), KNOWN


def profile_of(rfc: str) -> FiscalProfile | None:
    """The current data of the customer with that RFC. Under the generic ones there is nobody to find."""
    if not rfc or rfc in GENERICS:
        return None
    found: FiscalProfile | None = FiscalProfile.objects.current().select_related("customer").filter(rfc=rfc).first()
    return found


def as_typed(profile: FiscalProfile, *, correo: str = "") -> dict[str, str]:
    own = profile.customer.correo if profile.customer else ""
    return {
        "rfc": profile.rfc,
        "nombre": profile.nombre,
        "cp": profile.domicilio_fiscal,
        "regimen_fiscal": profile.regimen_fiscal,
        "uso_cfdi": profile.uso_cfdi,
        "correo": correo or own,
    }
