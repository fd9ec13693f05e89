"""Empresa: what the SAT and the customers know."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_CONFIGURE
from amate.companies.change_emisor import EmisorFacts, EmisorRefused, change_emisor, rfc_is_settled
from amate.companies.models import Emisor
from amate.fiscal.rfc import RfcRefused
from amate.fiscal.tables.personas import REGIMENES
from amate.web.backoffice.drafted import Drafted, PageDraft, draft_of
from amate.web.backoffice.edited import FIELD, is_fresh, version_of
from amate.web.backoffice.page import address
from amate.web.backoffice.products import IVA
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.room import show_setting
from amate.web.clock import now
from amate.web.mail_address import MailField

REGIMES = [(key, f"{key} · {regimen.texto}") for key, regimen in REGIMENES.items()]


class CompanyForm(forms.Form):
    rfc = forms.CharField(
        label="RFC",
        max_length=20,
        error_messages={"required": "Escribe el RFC de tu empresa"},
        widget=forms.TextInput({"class": "w-mid mono upper", "spellcheck": "false"}),
    )
    nombre = forms.CharField(
        label="Nombre como lo tiene el SAT",
        max_length=300,
        help_text="Está en tu Constancia de Situación Fiscal. Sin «S.A. de C.V.» ni otra terminación.",
        error_messages={"required": "Escribe el nombre como lo tiene el SAT"},
    )
    regimen_fiscal = forms.ChoiceField(
        label="Régimen fiscal",
        choices=REGIMES,
        error_messages={"required": "Elige tu régimen fiscal", "invalid_choice": "Elige tu régimen fiscal"},
    )
    nombre_comercial = forms.CharField(
        label="Nombre comercial",
        max_length=120,
        required=False,
        help_text="Como te conocen tus clientes: va en el portal y en los papeles.",
    )
    telefono = forms.CharField(
        label="Teléfono para tus clientes",
        max_length=30,
        required=False,
        widget=forms.TextInput({"class": "w-mid", "inputmode": "tel", "autocomplete": "tel"}),
    )
    correo = MailField(
        label="Correo para tus clientes",
        required=False,
        help_text="A él responden los correos con facturas.",
    )
    usual_iva = forms.ChoiceField(
        label="IVA que más usas",
        choices=IVA,
        help_text="Con él empieza lo que escribes a mano; cada partida y cada producto puede llevar otro.",
        error_messages={"required": "Elige el IVA que más usas", "invalid_choice": "Elige el IVA que más usas"},
    )
    issuing_suspended = forms.BooleanField(
        label="El SAT suspendió nuestra emisión: no selles ninguna factura hasta que quite esta marca", required=False
    )


COMPANY = Drafted(
    "company",
    page="settings_company",
    roles=MAY_CONFIGURE,
    fields=frozenset({*CompanyForm.base_fields, FIELD}),
)


@require_http_methods(["GET", "HEAD", "POST"])
def company(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    emisor = Emisor.objects.get()
    draft = draft_of(request, COMPANY)
    if request.method != "POST":
        typed = _shown(emisor) if draft.typed is None else draft.typed.dict()
        return _draw(request, CompanyForm(initial=typed), draft, version=draft.said(FIELD))
    form, version = CompanyForm(request.POST), version_of(_shown(Emisor.locked(emisor.pk)))
    if is_fresh(request, form, version=version, thing="los datos de la empresa") and form.is_valid() and _saved(form):
        draft.drop()
        messages.success(request, "Los datos de tu empresa quedaron guardados.")
        return redirect(address(request, "settings_company"))
    return _draw(request, form, draft)


def _shown(emisor: Emisor) -> dict[str, Any]:
    return {name: getattr(emisor, name) for name in CompanyForm.base_fields}


def _saved(form: CompanyForm) -> bool:
    said: dict[str, Any] = form.cleaned_data
    try:
        change_emisor(facts=EmisorFacts(**said), now=now())
    except RfcRefused as refused:
        form.add_error("rfc", refused.message)
    except EmisorRefused as refused:
        for name, message in refused.errors.items():
            form.add_error(name, message)
    return form.is_valid()


def _draw(request: HttpRequest, form: CompanyForm, draft: PageDraft, *, version: str = "") -> HttpResponse:
    """`version`: what a draft was typed over; else what is there now."""
    return show_setting(
        request,
        "company",
        current="settings_company",
        status=422 if form.errors else 200,
        form=form,
        settled=rfc_is_settled(),
        draft=draft,
        version=version or version_of(_shown(Emisor.objects.get())),
    )
