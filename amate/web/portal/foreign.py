"""No soy contribuyente en México (FEATURES 41): a name and a country are all that is asked; the rest the SAT dictates."""

from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.fiscal.catalogs import catalogs_in_force
from amate.fiscal.receptor import ReadReceptor, ReceptorRefused, foreign_receptor
from amate.fiscal.rfc import GENERIC_EXTRANJERO
from amate.invoices.models import RefusedBy, State
from amate.invoices.refusals import meaning_of
from amate.self_invoicing.tallies import GIVEN, reach
from amate.web.countries import countries
from amate.web.mail_address import MailField
from amate.web.portal.page import page
from amate.web.portal.visit import Here, Place, only_at
from amate.web.said import said

NAMES = ("nombre", "residencia_fiscal", "num_reg_id_trib", "correo")


class ForeignForm(forms.Form):
    """Bound to what was typed so far. `receptor` is there once it is valid."""

    nombre = forms.CharField(
        label="Nombre o razón social",
        max_length=300,
        error_messages={"required": "Escribe tu nombre o el de tu empresa", "max_length": "Caben 300 letras"},
        widget=forms.TextInput({"autocomplete": "organization", "class": "upper", "spellcheck": "false"}),
    )
    residencia_fiscal = forms.CharField(
        label="País donde pagas impuestos", error_messages={"required": "Elige el país"}, widget=forms.Select()
    )
    num_reg_id_trib = forms.CharField(
        label="Tu número de contribuyente en ese país",
        max_length=40,
        required=False,
        help_text="Opcional. El que usas con su autoridad fiscal.",
        error_messages={"max_length": "El número de identificación lleva hasta 40 caracteres"},
        widget=forms.TextInput({"class": "w-mid mono", "autocomplete": "off", "spellcheck": "false"}),
    )
    correo = MailField(
        label="Correo electrónico",
        required=False,
        help_text="Te mandamos ahí el PDF y el XML. También podrás descargarlos aquí mismo.",
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )

    def __init__(self, typed: Mapping[str, Any], *, cp: str) -> None:
        self.cp = cp
        self.receptor: ReadReceptor | None = None
        super().__init__({name: str(typed.get(name, "")) for name in NAMES}, auto_id="%s")
        self.fields["residencia_fiscal"].widget.choices = [("", said("Elige el país")), *countries()]

    def quiet(self) -> Self:
        self._errors = forms.utils.ErrorDict()
        return self

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return self.cleaned_data
        try:
            self.receptor = read_foreigner(self.cleaned_data, cp=self.cp)
        except ReceptorRefused as refused:
            for name, message in refused.errors.items():
                self.add_error(name, message)
        return self.cleaned_data


def read_foreigner(typed: Mapping[str, Any], *, cp: str) -> ReadReceptor:
    """`cp`: of the place of issue, which is also his (REC-6). Raises ReceptorRefused."""
    receptor = foreign_receptor(
        nombre=typed["nombre"],
        lugar_expedicion=cp,
        catalogs=catalogs_in_force(),
        residencia_fiscal=typed["residencia_fiscal"],
        num_reg_id_trib=typed["num_reg_id_trib"] or None,
    )
    return ReadReceptor(receptor, "", {})


def is_foreigner(typed: Mapping[str, Any]) -> bool:
    """Whether what a visit keeps is of this page."""
    return typed.get("rfc") == GENERIC_EXTRANJERO


@require_http_methods(["GET", "HEAD", "POST"])
@only_at(Place.DETAILS)
def foreign(request: HttpRequest, here: Here) -> HttpResponse:
    if request.method != "POST":
        return _draw(request, here, _as_left(here))
    form = ForeignForm(request.POST, cp=here.ticket.branch.cp)
    if request.POST.get("nota", here.mark) != here.mark:
        return _draw(request, here, form.quiet(), other_note=True)
    if not form.is_valid():
        return _draw(request, here, form)
    typed = {name: str(request.POST.get(name, "")).replace("\0", "")[:320] for name in NAMES}
    here.visit.fiscal = {**typed, "correo": form.cleaned_data["correo"], "rfc": GENERIC_EXTRANJERO}
    here.visit.invoice = None
    here.visit.seen_at = here.now
    here.visit.save(update_fields=["fiscal", "invoice", "seen_at"])
    reach(here.visit, GIVEN, branch_id=here.ticket.branch_id, now=here.now)
    return redirect(here.shop.url("review"))


def _as_left(here: Here) -> ForeignForm:
    """What was typed before; if the SAT refused it, with its reason."""
    form = ForeignForm(here.visit.fiscal, cp=here.ticket.branch.cp).quiet()
    refused = here.visit.invoice
    if refused is not None and refused.state == State.REFUSED and refused.refused_by == RefusedBy.RECEIVER:
        meaning = meaning_of(refused.refusal_code)
        form.cleaned_data = {}
        form.add_error(meaning.field if meaning.field in form.fields else "nombre", meaning.message)
    return form


def _draw(request: HttpRequest, here: Here, form: ForeignForm, *, other_note: bool = False) -> HttpResponse:
    return page(
        request,
        "foreign",
        shop=here.shop,
        status=409 if other_note else 422 if form.errors else 200,
        form=form,
        mark=here.mark,
        other_note=here.ticket.folio if other_note else "",
        purchase=here.purchase,
    )
