"""Sello digital: what is in use, what was sent and how it was judged, and the way to send another."""

from typing import IO

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from amate.access.may import MAY_CONFIGURE
from amate.companies.models import Csd, CsdUpload
from amate.companies.send_csd import send_csd
from amate.fiscal.csd import CsdRefused
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.room import show_setting
from amate.web.clock import now

LARGEST = 20_000  # bytes; the SAT's files have two thousand
NOT_THAT_FILE = "Ese archivo es demasiado grande para ser del SAT. Elige el {kind} de tu CSD"


class CsdForm(forms.Form):
    cer = forms.FileField(
        label="Certificado (.cer)",
        error_messages={
            "required": "Elige el archivo .cer de tu CSD",
            "empty": "Ese .cer está vacío: descárgalo otra vez",
        },
        widget=forms.FileInput({"accept": ".cer"}),
    )
    key = forms.FileField(
        label="Llave privada (.key)",
        error_messages={
            "required": "Elige el archivo .key de tu CSD",
            "empty": "Ese .key está vacío: descárgalo otra vez",
        },
        widget=forms.FileInput({"accept": ".key"}),
    )
    password = forms.CharField(
        label="Contraseña de la llave privada",
        strip=False,
        max_length=200,
        help_text="La que escribiste al generar el CSD en Certifica. No es la de tu e.firma ni la del portal del SAT.",
        error_messages={"required": "Escribe la contraseña de la llave privada"},
        widget=forms.PasswordInput({"autocomplete": "off", "class": "w-mid"}),
    )

    def clean_cer(self) -> bytes:
        return _content(self.cleaned_data["cer"], ".cer")

    def clean_key(self) -> bytes:
        return _content(self.cleaned_data["key"], ".key")


def _content(file: IO[bytes], kind: str) -> bytes:
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise forms.ValidationError(NOT_THAT_FILE.format(kind=kind))
    return content


@require_http_methods(["GET", "HEAD", "POST"])
def csd(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    if request.method != "POST":
        return _draw(request, CsdForm())
    form = CsdForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            send_csd(**form.cleaned_data, sent_by=request.user.email, now=now())  # type: ignore[union-attr]
        except CsdRefused as refused:
            form.add_error("cer", refused.message)
        else:
            return redirect(address(request, "settings_csd"))
    return _draw(request, form)


@require_safe
def verdict(request: HttpRequest, slug: str) -> HttpResponse:
    """Asked by the page while the worker looks at what was sent; it stops by leading to the whole page."""
    require(request, MAY_CONFIGURE)
    upload = _latest()
    if upload is not None and upload.state == CsdUpload.State.RECEIVED:
        return render(request, "office/settings/csd_wait.html", {"slug": slug})
    if upload is not None and upload.state == CsdUpload.State.KEPT:
        messages.success(request, f"Tu sello digital {upload.no_certificado} quedó guardado y ya se usa.")
    return HttpResponseClientRedirect(address(request, "settings_csd"))


def _latest() -> CsdUpload | None:
    found: CsdUpload | None = CsdUpload.objects.order_by("-id").first()
    return found


def _draw(request: HttpRequest, form: CsdForm) -> HttpResponse:
    moment, upload = now(), _latest()
    in_use = Csd.objects.seals_at(moment).first()
    waiting = upload is not None and upload.state == CsdUpload.State.RECEIVED
    refused = upload is not None and upload.state == CsdUpload.State.REFUSED and not form.is_bound
    return show_setting(
        request,
        "csd",
        current="settings_csd",
        status=422 if form.errors else 200,
        form=form,
        in_use=in_use,
        days=(in_use.valid_to - moment).days if in_use else 0,
        waiting=waiting,
        refused=upload if refused else None,
        history=[one for one in Csd.objects.order_by("-kept_at") if in_use is None or one.pk != in_use.pk],
    )
