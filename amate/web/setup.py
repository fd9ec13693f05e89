"""The first run: an empty installation's first company and person, at an address that `amate serve` printed once."""

from typing import Any

from django import forms
from django.contrib.auth import login, password_validation
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from amate.access.enrol_owner import enrol_owner
from amate.access.models import User
from amate.companies.found import Founding, RegimenRefused, SlugTaken, founded
from amate.companies.models import Company
from amate.fiscal.clock import UnknownPlace
from amate.fiscal.rfc import RfcRefused
from amate.fiscal.tables.personas import REGIMENES
from amate.fiscal.text import TextRefused
from amate.running.first_run import AlreadyUsed, is_token, used_once
from amate.web.clock import now
from amate.web.mail_address import MailField

REGIMES = [("", "Elige tu régimen"), *((key, f"{key} · {regimen.texto}") for key, regimen in REGIMENES.items())]


class BeginForm(forms.Form):
    rfc = forms.CharField(
        label="RFC de la empresa",
        max_length=20,
        help_text="12 caracteres si es persona moral, 13 si es física.",
        error_messages={"required": "Escribe el RFC de tu empresa"},
        widget=forms.TextInput({"class": "mono upper", "spellcheck": "false"}),
    )
    nombre = forms.CharField(
        label="Nombre como lo tiene el SAT",
        max_length=300,
        help_text="Está en tu Constancia de Situación Fiscal, sin «S.A. de C.V.».",
        error_messages={"required": "Escribe el nombre como lo tiene el SAT"},
    )
    regimen_fiscal = forms.ChoiceField(
        label="Régimen fiscal", choices=REGIMES, error_messages={"required": "Elige tu régimen fiscal"}
    )
    cp = forms.CharField(
        label="Código postal de tu tienda u oficina",
        max_length=5,
        help_text="Es el lugar de expedición de tus facturas.",
        error_messages={"required": "Escribe el código postal", "max_length": "El código postal lleva 5 números"},
        widget=forms.TextInput({"class": "w-short num", "inputmode": "numeric"}),
    )
    nombre_comercial = forms.CharField(
        label="Nombre comercial", max_length=120, required=False, help_text="Como te conocen tus clientes."
    )
    slug = forms.SlugField(
        label="Dirección de tu portal",
        max_length=60,
        required=False,
        help_text="Lo que va después de /f/, como cafeteria-el-amate. Vacía: se hace de tu nombre.",
        error_messages={"invalid": "La dirección lleva letras sin acento, números y guiones"},
    )
    persona = forms.CharField(
        label="Tu nombre",
        max_length=120,
        error_messages={"required": "Escribe tu nombre"},
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    email = MailField(
        label="Tu correo",
        help_text="Con él entras.",
        error_messages={"required": "Escribe tu correo"},
        widget=forms.EmailInput({"autocomplete": "username"}),
    )
    password = forms.CharField(
        label="Una contraseña",
        strip=False,
        help_text="De 10 caracteres o más; una frase es fácil de recordar.",
        error_messages={"required": "Escribe una contraseña"},
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        password_validation.validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if not said.get("slug"):
            said["slug"] = slugify(said.get("nombre_comercial") or said.get("nombre", ""))[:60] or "empresa"
        return said


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """404 once it was used, or once there is any company: then people are invited."""
    if not is_token(token) or Company.objects.exists():
        raise Http404
    form = BeginForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _begun(request, form.cleaned_data, token=token)
        except AlreadyUsed:
            raise Http404 from None
        except (RfcRefused, RegimenRefused, TextRefused, UnknownPlace, SlugTaken) as refused:
            form.add_error(*_of_the_field(refused))
    return render(request, "setup/begin.html", {"form": form}, status=422 if form.errors else 200)


def _begun(request: HttpRequest, said: dict[str, Any], *, token: str) -> HttpResponse:
    """Company, owner and the end of the token, all or nothing; then the person is in."""
    founding = Founding(
        rfc=said["rfc"],
        nombre=said["nombre"],
        regimen_fiscal=said["regimen_fiscal"],
        nombre_comercial=said["nombre_comercial"] or said["nombre"][:120],
        cp=said["cp"],
        portal=False,
    )
    moment = now()
    with used_once(token), founded(slug=said["slug"], founding=founding, now=moment) as company:
        user: User = enrol_owner(
            company=company, email=said["email"], nombre=said["persona"], password=said["password"], now=moment
        )
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("office:home", slug=company.slug)


def _of_the_field(refused: Exception) -> tuple[str, str | ValidationError]:
    if isinstance(refused, RfcRefused):
        return "rfc", refused.message
    if isinstance(refused, TextRefused):
        return "nombre", refused.message
    if isinstance(refused, RegimenRefused):
        return "regimen_fiscal", str(refused)
    if isinstance(refused, UnknownPlace):
        return "cp", str(refused)
    return "slug", "Ya hay una empresa con esa dirección. Elige otra"
