"""Claves: what programs enter with; made with chosen permissions, shown once, revoked at once."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.keys import SCOPES, make_api_key, revoke_api_key
from amate.access.may import MAY_MANAGE_PEOPLE
from amate.access.models import ApiKey
from amate.access.wished_key import KeyWasMade
from amate.web.backoffice.asks_again import asks_again, typed_before
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import require
from amate.web.backoffice.wish import wish_field
from amate.web.clock import now

# What each permission lets a program do; in the words of who gives it.
WORDS = {
    "tickets:write": "Registrar ventas",
    "tickets:read": "Leer notas y cómo van",
    "invoices:read": "Leer facturas, XML y PDF",
    "standing:read": "Leer si a un cliente se le atiende, y su saldo",
    "customers:write": "Dar de alta y cambiar clientes",
    "customers:read": "Leer clientes y sus datos fiscales",
    "subscriptions:write": "Suscribir, pausar, dar de baja y cobrar consumos",
    "subscriptions:read": "Leer suscripciones",
    "payments:write": "Registrar y revertir pagos",
    "payments:read": "Leer pagos y lo que falta por cobrar",
}


class KeyForm(forms.Form):
    nombre = forms.CharField(
        label="Nombre",
        max_length=120,
        help_text="Para reconocerla: la caja, el sistema o quien la usa.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Escribe un nombre para reconocerla"},
    )
    permisos = forms.MultipleChoiceField(
        label="Permisos",
        choices=[(scope, WORDS.get(scope, scope)) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Elige al menos un permiso",
            "invalid_choice": "Ese permiso no existe: elige de la lista",
        },
    )
    clave = wish_field(required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_again(MAY_MANAGE_PEOPLE)
def keys(request: HttpRequest, slug: str) -> HttpResponse:
    """The list; a POST makes a key and shows it, this once."""
    require(request, MAY_MANAGE_PEOPLE)
    if request.method != "POST":
        return _list(request, KeyForm(initial=typed_before(request, "nombre", "permisos") | {"clave": uuid4().hex}))
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    said = form.cleaned_data
    company = request.company  # type: ignore[attr-defined]
    try:
        key = make_api_key(company=company, name=said["nombre"], scopes=said["permisos"], now=now(), wish=said["clave"])
    except KeyWasMade:
        messages.info(
            request, "Esa clave ya se había hecho y no se vuelve a mostrar. Si no la copiaste, revócala y haz otra."
        )
        return redirect(address(request, "keys"))
    return show(request, "office/key_made.html", room="people", name=said["nombre"], key=key)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_again(MAY_MANAGE_PEOPLE)
def revoke(request: HttpRequest, slug: str, key_id: int) -> HttpResponse:
    """Asks first; a POST revokes."""
    require(request, MAY_MANAGE_PEOPLE)
    found = _of_company(request).filter(pk=key_id).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return show(request, "office/key_revoke.html", room="people", key=found)
    if revoke_api_key(key_id=key_id, now=now()) is None:
        messages.info(request, "Ya estaba revocada.")
    else:
        messages.success(request, f"La clave {found.name} ya no sirve.")
    return redirect(address(request, "keys"))


def _of_company(request: HttpRequest) -> Any:
    return ApiKey.objects.filter(company_id=request.company.pk)  # type: ignore[attr-defined]


def _list(request: HttpRequest, form: KeyForm, status: int = 200) -> HttpResponse:
    rows = [
        {"key": one, "scopes": [WORDS.get(scope, scope) for scope in one.scopes]}
        for one in _of_company(request).order_by("revoked_at", "-id")
    ]
    rows.sort(key=lambda row: row["key"].revoked_at is not None)
    return show(request, "office/keys.html", room="people", tab="keys", status=status, form=form, rows=rows)
