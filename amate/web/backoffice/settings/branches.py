"""Sucursales: where invoices are issued from, each with its postal code, its hour and its series."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amate.access.may import MAY_CONFIGURE
from amate.companies.branches import (
    BranchFacts,
    BranchRefused,
    add_branch,
    change_branch,
    close_branch,
    open_branch_again,
)
from amate.companies.keep_logo import LogoRefused, drop_logo, keep_logo
from amate.companies.models import Branch, Series
from amate.fiscal.clock import UnknownPlace, zone_of
from amate.papers.dates import zone_in_words
from amate.web.addresses import logo_url
from amate.web.backoffice.drafted import Drafted, PageDraft, draft_of
from amate.web.backoffice.edited import FIELD, is_fresh, version_of
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.logo_form import LogoForm
from amate.web.backoffice.settings.room import show_setting
from amate.web.clock import now


class BranchForm(forms.Form):
    nombre = forms.CharField(
        label="Nombre de la sucursal",
        max_length=120,
        error_messages={"required": "Escribe cómo se llama la sucursal"},
    )
    cp = forms.CharField(
        label="Código postal",
        max_length=5,
        help_text="Es el lugar de expedición de sus facturas y decide su hora.",
        error_messages={"required": "Escribe el código postal", "max_length": "El código postal lleva 5 números"},
        widget=forms.TextInput({"class": "w-short num", "inputmode": "numeric"}),
    )
    serie = forms.CharField(
        label="Serie de sus facturas",
        max_length=10,
        help_text="Letras o números, como AF. Cada sucursal lleva la suya.",
        error_messages={"required": "Escribe la serie", "max_length": "La serie lleva hasta 10 letras o números"},
        widget=forms.TextInput({"class": "w-short upper", "spellcheck": "false"}),
    )
    address = forms.CharField(label="Dirección", max_length=300, required=False, help_text="Va impresa en las notas.")
    code = forms.SlugField(
        label="Clave para tus cajas",
        max_length=40,
        required=False,
        help_text="Con ella tu punto de venta dice en qué sucursal vendió. Ya no cambia. Vacía: se hace del nombre.",
        error_messages={"invalid": "La clave lleva letras sin acento, números y guiones"},
        widget=forms.TextInput({"class": "w-mid mono", "spellcheck": "false"}),
    )

    def __init__(self, *said: Any, hour: str, known: bool, **more: Any) -> None:
        super().__init__(*said, **more)
        if known:
            del self.fields["code"]
        self.fields["cp"].widget.attrs.update({"hx-get": hour, "hx-trigger": "change", "hx-target": "#hora"})


NEW = Drafted(
    "branch:new",
    page="settings_branches",
    roles=MAY_CONFIGURE,
    fields=frozenset(BranchForm.base_fields),
    tells=frozenset(BranchForm.base_fields),
)
BRANCH = Drafted(
    "branch", page="settings_branch", roles=MAY_CONFIGURE, fields=NEW.fields - {"code"} | {FIELD}, of_a_thing=True
)


@dataclass(frozen=True, slots=True)
class Row:
    branch: Branch
    hour: str
    next_folio: str


@require_http_methods(["GET", "HEAD", "POST"])
def branches(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    draft = draft_of(request, NEW)
    form = _form(request, request.POST if request.method == "POST" else None, known=False, initial=draft.typed)
    if request.method == "POST" and form.is_valid():
        try:
            added = add_branch(facts=BranchFacts(**form.cleaned_data), now=now())
        except BranchRefused as refused:
            _told(form, refused)
        else:
            draft.drop()
            messages.success(request, f"{added.nombre} ya puede vender y facturar.")
            return redirect(address(request, "settings_branches"))
    return _list(request, form, draft)


@require_http_methods(["GET", "HEAD", "POST"])
def branch(request: HttpRequest, slug: str, branch_id: int) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    found = _find(branch_id)
    draft = draft_of(request, BRANCH, branch_id)
    if request.method != "POST":
        return _draw_branch(request, None, found, LogoForm(), draft)
    form = _form(request, request.POST, known=True)
    version = version_of(_shown(Branch.locked(branch_id)))
    if is_fresh(request, form, version=version, thing="esta sucursal") and form.is_valid():
        try:
            change_branch(branch_id=branch_id, facts=BranchFacts(code="", **form.cleaned_data), now=now())
        except BranchRefused as refused:
            _told(form, refused)
        else:
            draft.drop()
            messages.success(request, "La sucursal quedó guardada. Las notas ya impresas conservan su fecha límite.")
            return redirect(address(request, "settings_branches"))
    return _draw_branch(request, form, found, LogoForm(), draft)


def _draw_branch(
    request: HttpRequest, form: BranchForm | None, found: Branch, logo_form: LogoForm, draft: PageDraft | None = None
) -> HttpResponse:
    """Without a form: as it was left half typed, or else as it is kept."""
    typed = draft.typed if draft else None
    form = form or _form(request, None, known=True, initial=_shown(found) if typed is None else typed)
    return show_setting(
        request,
        "branch",
        current="settings_branches",
        status=422 if form.errors or logo_form.errors else 200,
        form=logo_form if logo_form.errors else form,
        branch_form=form,
        logo_form=logo_form,
        branch=found,
        hour=hour_of(found.cp),
        logo=logo_url(request.company.slug, found.logo, branch_id=found.pk),  # type: ignore[attr-defined]
        version=(draft.said(FIELD) if draft else "") or version_of(_shown(found)),
        draft=draft,
    )


@require_POST
def logo(request: HttpRequest, slug: str, branch_id: int) -> HttpResponse:
    """A logo of its own, for its notes, its invoices and the portal of who bought there."""
    require(request, MAY_CONFIGURE)
    found, form = _find(branch_id), LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            keep_logo(file=form.cleaned_data["logo"], branch_id=branch_id, now=now())
        except LogoRefused as refused:
            form.add_error("logo", refused.message)
        else:
            messages.success(request, f"El logotipo de {found.nombre} quedó guardado.")
            return redirect(address(request, "settings_branch", branch_id))
    return _draw_branch(request, None, found, form)


@require_POST
def no_logo(request: HttpRequest, slug: str, branch_id: int) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    found = _find(branch_id)
    drop_logo(branch_id=branch_id, now=now())
    messages.success(request, f"{found.nombre} lleva otra vez el logotipo de la empresa.")
    return redirect(address(request, "settings_branch", branch_id))


def _shown(found: Branch) -> dict[str, str]:
    return {name: getattr(found, name) for name in ("nombre", "cp", "serie", "address")}


@require_POST
def close(request: HttpRequest, slug: str, branch_id: int) -> HttpResponse:
    """Or opens it again: the button says which."""
    require(request, MAY_CONFIGURE)
    found = _find(branch_id)
    if found.closed_at is not None:
        open_branch_again(branch_id=branch_id, now=now())
        messages.success(request, f"{found.nombre} está abierta otra vez.")
        return redirect(address(request, "settings_branches"))
    try:
        close_branch(branch_id=branch_id, now=now())
    except BranchRefused as refused:
        messages.error(request, f"{refused}.")
    else:
        messages.success(request, f"{found.nombre} quedó cerrada. Sus notas y facturas siguen aquí.")
    return redirect(address(request, "settings_branches"))


@require_safe
def hour(request: HttpRequest, slug: str) -> HttpResponse:
    """The hour of a postal code, while it is being typed."""
    require(request, MAY_CONFIGURE)
    return render(request, "office/settings/hour.html", {"hour": hour_of(request.GET.get("cp", "").strip())})


def hour_of(cp: str) -> str:
    """
    >>> hour_of("22000"), hour_of("")
    ('Hora del noroeste', '')
    """
    try:
        return zone_in_words(zone_of(cp).key).capitalize()
    except UnknownPlace:
        return ""


def _form(request: HttpRequest, typed: Any, *, known: bool, **more: Any) -> BranchForm:
    return BranchForm(typed, hour=address(request, "settings_hour"), known=known, **more)


def _told(form: BranchForm, refused: BranchRefused) -> None:
    for name, message in refused.errors.items():
        form.add_error(name if name in form.fields else None, message)


def _find(branch_id: int) -> Branch:
    found: Branch | None = Branch.objects.filter(pk=branch_id).first()
    if found is None:
        raise Http404
    return found


def _list(request: HttpRequest, form: BranchForm, draft: PageDraft) -> HttpResponse:
    last = dict(Series.objects.values_list("name", "last"))
    rows = [
        Row(one, hour_of(one.cp), f"{one.serie}-{last.get(one.serie, 0) + 1}") for one in Branch.objects.order_by("id")
    ]
    return show_setting(
        request,
        "branches",
        current="settings_branches",
        status=422 if form.errors else 200,
        form=form,
        rows=rows,
        hour="",
        draft=draft,
    )
