"""Avisos a tus sistemas: who is told what happens, with which key, and again from any day."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from amate.access.may import MAY_CONFIGURE
from amate.access.wished_key import KeyWasMade
from amate.hooks.keep_hook import BadHook, Said, add_hook, change_hook, new_hook_key, replay_hook, stop_hook
from amate.hooks.kinds import KINDS
from amate.hooks.models import Event, Hook
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.room import show_setting
from amate.web.backoffice.wish import wish_field
from amate.web.clock import now

ROOM = "settings_hooks"


class HookForm(forms.Form):
    name = forms.CharField(
        label="Nombre",
        max_length=80,
        help_text="Del sistema que recibe los avisos: ERP, tienda, tablero.",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Ponle un nombre"},
    )
    url = forms.CharField(
        label="Dirección a la que le avisamos",
        max_length=500,
        help_text="Con https. Cada aviso va firmado.",
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
        error_messages={"required": "Escribe su dirección, con https://"},
    )
    kinds = forms.MultipleChoiceField(
        label="De qué se le avisa",
        choices=list(KINDS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Elige de qué se le avisa", "invalid_choice": "Elige de la lista"},
    )


class NewHookForm(HookForm):
    clave = wish_field()


class KeyForm(forms.Form):
    clave = wish_field()


class ReplayForm(forms.Form):
    since = forms.DateField(
        label="Desde qué día",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Elige el día", "invalid": "Escribe el día, como 2026-11-22"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def hooks(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    form = NewHookForm(initial={"kinds": list(KINDS), "clave": uuid4().hex})
    if request.method == "POST":
        form = NewHookForm(request.POST)
        if form.is_valid():
            try:
                made, key = add_hook(said=_said(form), wish=form.cleaned_data["clave"], now=now())
            except KeyWasMade:
                messages.info(
                    request, "Su llave ya se hizo y no se vuelve a mostrar. Si no la copiaste, haz otra en su página."
                )
                return redirect(address(request, ROOM))
            except BadHook as bad:
                form.add_error(bad.field, str(bad))
            else:
                return show_setting(request, "hook_key", current=ROOM, hook=made, key=key)
    rows = [(one, _behind(one)) for one in Hook.objects.order_by("name")]
    return show_setting(request, "hooks", current=ROOM, status=422 if form.errors else 200, form=form, rows=rows)


@require_http_methods(["GET", "HEAD", "POST"])
def hook(request: HttpRequest, slug: str, hook_id: int) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    found = _find(hook_id)
    form = HookForm(initial={"name": found.name, "url": found.url, "kinds": found.kinds})
    if request.method == "POST":
        form = HookForm(request.POST)
        if form.is_valid():
            try:
                change_hook(hook_id=found.pk, said=_said(form), now=now())
            except BadHook as bad:
                form.add_error(bad.field, str(bad))
            else:
                messages.success(request, "Guardado. Le avisamos de lo que le falte.")
                return redirect(address(request, "settings_hook", found.pk))
    return _page(request, found, form, ReplayForm(), status=422 if form.errors else 200)


@require_POST
def new_key(request: HttpRequest, slug: str, hook_id: int) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    found, form = _find(hook_id), KeyForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["clave"][0]))
        return redirect(address(request, "settings_hook", found.pk))
    try:
        key = new_hook_key(hook_id=found.pk, wish=form.cleaned_data["clave"], now=now())
    except KeyWasMade:
        messages.info(request, "Esa llave ya se hizo y no se vuelve a mostrar. Si no la copiaste, haz otra.")
        return redirect(address(request, "settings_hook", found.pk))
    return show_setting(request, "hook_key", current=ROOM, hook=found, key=key)


@require_POST
def replay(request: HttpRequest, slug: str, hook_id: int) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    found, form = _find(hook_id), ReplayForm(request.POST)
    if form.is_valid():
        try:
            count = replay_hook(hook_id=found.pk, since=form.cleaned_data["since"], now=now())
        except BadHook as bad:
            form.add_error(bad.field, str(bad))
        else:
            messages.success(
                request,
                f"Le repetimos {count} avisos, con el mismo número que tenían."
                if count
                else "No hay nada que repetir desde ese día: guardamos los avisos 30 días.",
            )
            return redirect(address(request, "settings_hook", found.pk))
    first = HookForm(initial={"name": found.name, "url": found.url, "kinds": found.kinds})
    return _page(request, found, first, form, status=422)


@require_POST
def stop(request: HttpRequest, slug: str, hook_id: int) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    found = stop_hook(hook_id=_find(hook_id).pk, now=now())
    messages.success(request, f"Ya no le avisamos a {found.name}. Para encenderlo, guárdalo otra vez.")
    return redirect(address(request, "settings_hook", found.pk))


def _page(request: HttpRequest, found: Hook, form: forms.Form, again: forms.Form, *, status: int) -> HttpResponse:
    return show_setting(
        request,
        "hook",
        current=ROOM,
        status=status,
        hook=found,
        form=form,
        again=again,
        behind=_behind(found),
        wish=uuid4().hex,
    )


def _said(form: forms.Form) -> Said:
    said: dict[str, Any] = form.cleaned_data
    return Said(name=said["name"], url=said["url"], kinds=said["kinds"])


def _behind(one: Hook) -> int:
    """How many it has not taken yet."""
    waiting = Event.objects.filter(kind__in=one.kinds).exclude(seq__lte=one.told_seq)
    return 0 if one.stopped_at is not None else waiting.count()


def _find(hook_id: int) -> Hook:
    found: Hook | None = Hook.objects.filter(pk=hook_id).first()
    if found is None:
        raise Http404
    return found
