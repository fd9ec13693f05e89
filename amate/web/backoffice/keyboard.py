"""Atajos del teclado: what each key does, and the switch that turns single letters off (WCAG 2.1.4)."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from amate.web.backoffice.keys_that_lead import COOKIE, KEYS, OFF, keys_are_on
from amate.web.backoffice.page import ROOMS, address, show
from amate.web.backoffice.roles import may

A_YEAR = 31_536_000


@require_http_methods(["GET", "HEAD", "POST"])
def keyboard(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method == "POST":
        return _switch(request, on=request.POST.get("letras") == "si")
    leads = [
        (KEYS[one.name], one.label)
        for one in ROOMS
        if one.name in KEYS and (one.roles is None or may(request, one.roles))
    ]
    return show(request, "office/keyboard.html", room="", leads=leads, letters=keys_are_on(request))


def _switch(request: HttpRequest, *, on: bool) -> HttpResponse:
    """Kept in the browser: it is about this keyboard, not about the person."""
    answer = redirect(address(request, "keyboard"))
    where = reverse("office:companies")
    if on:
        answer.delete_cookie(COOKIE, path=where, samesite="Lax")
        messages.success(request, "Las letras vuelven a servir de atajo en este navegador.")
    else:
        answer.set_cookie(
            COOKIE, OFF, max_age=A_YEAR, path=where, secure=settings.SECURE, httponly=True, samesite="Lax"
        )
        messages.success(request, "Apagamos las letras en este navegador. Ctrl K sigue abriendo la búsqueda.")
    return answer
