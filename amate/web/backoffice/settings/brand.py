"""Marca: a colour that is always readable, and a logo that is only pixels."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from amate.companies.change_emisor import change_colour
from amate.companies.keep_logo import LogoRefused, drop_logo, keep_logo
from amate.companies.models import Emisor
from amate.web.addresses import logo_url
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import MAY_CONFIGURE, require
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


class LogoForm(forms.Form):
    logo = forms.FileField(
        label="Logotipo",
        help_text="PNG, JPEG o WebP de hasta 2 MB. Con fondo transparente se ve mejor.",
        error_messages={"required": "Elige el archivo de tu logotipo", "empty": "El archivo está vacío: elige otro"},
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/webp"}),
    )


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
    if request.method == "POST" and form.is_valid() and "ver" not in request.POST:
        change_colour(colour=readable(wanted), now=now())
        messages.success(request, "Tu color quedó guardado.")
        return redirect(address(request, "settings_brand"))
    return _draw(request, form, LogoForm(), wanted=wanted)


@require_POST
def logo(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            keep_logo(file=form.cleaned_data["logo"], now=now())
        except LogoRefused as refused:
            form.add_error("logo", refused.message)
        else:
            messages.success(request, "Tu logotipo quedó guardado. Ya se ve en tu portal y en tus facturas.")
            return redirect(address(request, "settings_brand"))
    colour = Emisor.objects.get().colour.lower()
    return _draw(request, ColourForm({"colour": colour}), form, wanted=colour)


@require_POST
def no_logo(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    drop_logo(now=now())
    messages.success(request, "Tu logotipo se quitó.")
    return redirect(address(request, "settings_brand"))


def _draw(request: HttpRequest, form: ColourForm, logo_form: LogoForm, *, wanted: str) -> HttpResponse:
    emisor = Emisor.objects.get()
    return show_setting(
        request,
        "brand",
        current="settings_brand",
        status=422 if form.errors or logo_form.errors else 200,
        form=logo_form if logo_form.errors else form,
        colour_form=form,
        logo_form=logo_form,
        preview=preview_of(wanted),
        least=READABLE,
        logo=logo_url(request.company.slug, emisor.logo),  # type: ignore[attr-defined]
    )
