"""Dominio: the portal at a name of the company's own, and how it is going with its proof."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from amate.access.may import MAY_CONFIGURE
from amate.companies.host_name import HostRefused
from amate.companies.models import OwnHost
from amate.companies.own_host import ask_host, drop_host
from amate.web.addresses import portal_url
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.room import show_setting
from amate.web.clock import now
from amate.web.own_host import names_of_ours


class HostForm(forms.Form):
    host = forms.CharField(
        label="Dominio de tu portal",
        max_length=300,
        help_text="Como facturas.tutienda.mx: sin https:// ni diagonales.",
        error_messages={"required": "Escribe el dominio, como facturas.tutienda.mx"},
        widget=forms.TextInput({"class": "mono", "inputmode": "url", "spellcheck": "false", "autocapitalize": "none"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def domain(request: HttpRequest, slug: str) -> HttpResponse:
    """Asking again for the same name proves it again."""
    require(request, MAY_CONFIGURE)
    asked: OwnHost | None = OwnHost.objects.first()
    form = HostForm(request.POST if request.method == "POST" else None, initial={"host": asked.host if asked else ""})
    if request.method == "POST" and form.is_valid():
        try:
            ask_host(typed=form.cleaned_data["host"], ours=names_of_ours(), now=now())
        except HostRefused as refused:
            form.add_error("host", refused.message)
        else:
            messages.success(request, "Lo estamos comprobando. En cuanto conteste, tu portal ya está ahí.")
            return redirect(address(request, "settings_domain"))
    company = request.company  # type: ignore[attr-defined]
    return show_setting(
        request,
        "domain",
        current="settings_domain",
        status=422 if form.errors else 200,
        form=form,
        asked=asked,
        live=company.host or "",
        portal=portal_url(company),
        target=urlsplit(settings.PUBLIC_URL).hostname,
    )


@require_POST
def drop(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    drop_host(now=now())
    messages.success(request, "Tu portal contesta otra vez solo en la dirección de este sistema.")
    return redirect(address(request, "settings_domain"))
