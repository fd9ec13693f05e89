"""Marca: a colour that is always readable, and a logo that is only pixels."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from amate.access.may import MAY_CONFIGURE
from amate.companies.change_emisor import EmisorRefused, change_colour, change_texts
from amate.companies.keep_logo import LogoRefused, drop_logo, keep_logo
from amate.companies.models import Emisor
from amate.web.addresses import logo_url
from amate.web.backoffice.drafted import Drafted, PageDraft, draft_of
from amate.web.backoffice.edited import FIELD, is_fresh, version_of
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.logo_form import LogoForm
from amate.web.backoffice.settings.room import show_setting
from amate.web.clock import now
from amate.web.colour import READABLE, is_colour, readable, worst_contrast

NO_COLOUR = "Escribe el color como #0b5f4d: una almohadilla y seis cifras de 0 a 9 o de a a f"


class ColourForm(forms.Form):
    colour = forms.CharField(
        label="Color de tu marca",
        error_messages={"required": "Elige un color"},
        widget=forms.TextInput({"type": "color"}),
    )

    def clean_colour(self) -> str:
        typed = str(self.cleaned_data["colour"]).lower()
        if not is_colour(typed):
            raise forms.ValidationError(NO_COLOUR)
        return typed


class TextsForm(forms.Form):
    foot_note = forms.CharField(
        label="Al pie de tus notas y facturas",
        max_length=200,
        required=False,
        help_text="Una línea, como: Cambios dentro de 30 días con tu nota.",
    )
    welcome = forms.CharField(label="En la entrada de tu portal", max_length=300, required=False)


TEXTS = Drafted("texts", page="settings_brand", roles=MAY_CONFIGURE, fields=frozenset({*TextsForm.base_fields, FIELD}))


@dataclass(frozen=True, slots=True)
class Preview:
    """What becomes of a colour: `kept` is what pages and papers will show."""

    wanted: str
    kept: str
    contrast: str

    @property
    def is_darker(self) -> bool:
        return self.kept != self.wanted


def preview_of(colour: str) -> Preview:
    """
    >>> preview_of("#0b5f4d").is_darker, preview_of("#f2b100").is_darker
    (False, True)
    """
    return Preview(wanted=colour, kept=readable(colour), contrast=f"{worst_contrast(colour):.1f}")


@require_http_methods(["GET", "HEAD", "POST"])
def brand(request: HttpRequest, slug: str) -> HttpResponse:
    """The colour. "Ver cómo queda" shows it, "Guardar" keeps it."""
    require(request, MAY_CONFIGURE)
    emisor = Emisor.objects.get()
    form = ColourForm(request.POST if request.method == "POST" else {"colour": emisor.colour.lower()})
    wanted = form.cleaned_data["colour"] if form.is_valid() else emisor.colour.lower()
    if getattr(request, "htmx", False):
        return render(request, "office/settings/colour.html", {"preview": preview_of(wanted), "least": READABLE})
    if (
        _is_to_be_kept(request)
        and is_fresh(request, form, version=_version_of_colour(), thing="el color")
        and form.is_valid()
    ):
        change_colour(colour=readable(wanted), now=now())
        messages.success(request, "Tu color quedó guardado.")
        return redirect(address(request, "settings_brand"))
    return _draw(request, wanted=wanted, form=form)


@require_POST
def texts(request: HttpRequest, slug: str) -> HttpResponse:
    """What the company says of itself at the foot of its papers and at the door of its portal."""
    require(request, MAY_CONFIGURE)
    draft = draft_of(request, TEXTS)
    form, version = TextsForm(request.POST), version_of(_texts(Emisor.locked(Emisor.objects.get().pk)))
    if is_fresh(request, form, version=version, thing="estos textos") and form.is_valid():
        try:
            change_texts(**form.cleaned_data, now=now())
        except EmisorRefused as refused:
            for name, message in refused.errors.items():
                form.add_error(name, message)
        else:
            draft.drop()
            messages.success(request, "Tus textos quedaron guardados.")
            return redirect(address(request, "settings_brand"))
    return _draw(request, texts_form=form, draft=draft)


@require_POST
def logo(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            keep_logo(file=form.cleaned_data["logo"], branch_id=None, now=now())
        except LogoRefused as refused:
            form.add_error("logo", refused.message)
        else:
            messages.success(request, "Tu logotipo quedó guardado. Ya se ve en tu portal y en tus facturas.")
            return redirect(address(request, "settings_brand"))
    return _draw(request, logo_form=form)


@require_POST
def no_logo(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    drop_logo(branch_id=None, now=now())
    messages.success(request, "Tu logotipo se quitó.")
    return redirect(address(request, "settings_brand"))


def _is_to_be_kept(request: HttpRequest) -> bool:
    return request.method == "POST" and "ver" not in request.POST


def _posted(request: HttpRequest) -> str:
    """Who only looks at a colour goes on from the page he opened."""
    return request.POST.get(FIELD, "") if "ver" in request.POST else ""


def _version_of_colour() -> str:
    return version_of({"colour": Emisor.locked(Emisor.objects.get().pk).colour})


def _texts(emisor: Emisor) -> dict[str, str]:
    return {"foot_note": emisor.foot_note, "welcome": emisor.welcome}


def _draw(
    request: HttpRequest,
    *,
    form: ColourForm | None = None,
    logo_form: LogoForm | None = None,
    texts_form: TextsForm | None = None,
    wanted: str = "",
    draft: PageDraft | None = None,
) -> HttpResponse:
    """The page with three forms; one of them may come back with its mistakes. `draft`: of the texts that were sent."""
    if request.method != "POST":
        draft = draft_of(request, TEXTS)
    emisor = Emisor.objects.get()
    colour = emisor.colour.lower()
    sent = next((one for one in (form, logo_form, texts_form) if one is not None and one.errors), None)
    return show_setting(
        request,
        "brand",
        current="settings_brand",
        status=422 if sent is not None else 200,
        form=sent or form,
        colour_form=form or ColourForm({"colour": colour}),
        logo_form=logo_form or LogoForm(),
        texts_form=texts_form or TextsForm(initial=(draft.typed if draft else None) or _texts(emisor)),
        preview=preview_of(wanted or colour),
        least=READABLE,
        logo=logo_url(request.company.slug, emisor.logo),  # type: ignore[attr-defined]
        version=_posted(request) or version_of({"colour": emisor.colour}),
        texts_version=(draft.said(FIELD) if draft else "") or version_of(_texts(emisor)),
        draft=draft,
    )
