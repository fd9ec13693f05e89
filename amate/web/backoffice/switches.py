"""Sistemas: who serves and cuts, and where each is told; the key of one is shown once."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from amate.access.may import MAY_CONFIGURE
from amate.access.wished_key import KeyWasMade
from amate.billing_cycle.service.add_switch import BadSwitch, add_switch
from amate.billing_cycle.service.change_switch import change_switch
from amate.billing_cycle.service.models import Service, Switch, SwitchAccount
from amate.billing_cycle.service.new_switch_key import new_switch_key
from amate.billing_cycle.service.technician import mail_of
from amate.web.backoffice import drivers
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import require
from amate.web.backoffice.switch_forms import FORMS
from amate.web.backoffice.wish import wish_field
from amate.web.clock import now
from amate.web.mail_address import MailField


class NameForm(forms.Form):
    name = forms.CharField(
        label="Nombre",
        max_length=80,
        help_text="Como lo llama tu equipo: Central, WHM, Gimnasio.",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Ponle un nombre"},
    )


class PersonForm(NameForm):
    """Of one that a person works."""

    mail = MailField(
        label="Correo de quien lo hace",
        required=False,
        help_text="Opcional, solo si lo hace una persona: le llega cada corte con un enlace para marcarlo hecho.",
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class SwitchForm(NameForm):
    url = forms.CharField(
        label="Dirección a la que le avisamos",
        required=False,
        max_length=500,
        help_text="Con https. Cada aviso va firmado y lleva el estado completo.",
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
    )
    observe_url = forms.CharField(
        label="Dirección donde le preguntamos cómo está",
        required=False,
        max_length=500,
        help_text="Opcional. Así vemos si alguien lo cambió por su lado.",
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
    )


class NewSwitchForm(PersonForm, SwitchForm):
    kind = forms.ChoiceField(
        label="Cómo se corta y se reactiva",
        choices=[one for one in Switch.choices if one not in drivers.KINDS],
        error_messages={"required": "Elige cómo", "invalid_choice": "Elige una de la lista"},
    )
    clave = wish_field()
    field_order = ("name", "kind", "url", "observe_url", "mail")


class KeyForm(forms.Form):
    clave = wish_field()


@require_http_methods(["GET", "HEAD", "POST"])
def switches(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    form: forms.Form = NewSwitchForm(initial={"kind": Switch.WEBHOOK, "clave": uuid4().hex})
    status = 200
    kind = drivers.kind_asked(request)
    if kind:
        came = drivers.add(request, kind)
        if isinstance(came, HttpResponse):
            return came
        form, status = came, 422 if request.method == "POST" else 200
    elif request.method == "POST":
        form, status = NewSwitchForm(request.POST), 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                made, key = add_switch(
                    name=said["name"],
                    kind=Switch(said["kind"]),
                    url=said["url"],
                    observe_url=said["observe_url"],
                    mail=said["mail"],
                    wish=said["clave"],
                    now=now(),
                )
            except KeyWasMade:
                return _shown_no_more(request, said["name"])
            except BadSwitch as why:
                form.add_error(why.field, str(why))
            else:
                return _made(request, made, key)
    rows = SwitchAccount.objects.order_by("name")
    return show(
        request,
        "office/switches.html",
        room="services",
        status=status,
        form=form,
        kind=kind and Switch(kind).label,
        kinds=drivers.KINDS,
        rows=[(one, *_counts(one)) for one in rows],
    )


@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: HttpRequest, slug: str, switch_id: int) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    found = _find(switch_id)
    by_person = found.kind == Switch.MANUAL
    form_of = PersonForm if by_person else SwitchForm
    form: forms.Form = form_of(
        initial={"name": found.name, "url": found.url, "observe_url": found.observe_url, "mail": mail_of(found)}
    )
    status = 200
    if found.kind in FORMS:
        came = drivers.change(request, found)
        if isinstance(came, HttpResponse):
            return came
        form, status = came, 422 if request.method == "POST" else 200
    elif request.method == "POST":
        form, status = form_of(request.POST), 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                change_switch(switch_id=found.pk, **said, now=now())
            except BadSwitch as why:
                form.add_error(why.field, str(why))
            else:
                messages.success(request, "Guardado." if by_person else "Guardado. Le avisamos de lo que le falte.")
                return redirect(address(request, "switch", found.pk))
    count, late = _counts(found)
    return show(
        request,
        "office/switch.html",
        room="services",
        status=status,
        switch=found,
        form=form,
        count=count,
        late=late,
        has_key=found.kind == Switch.WEBHOOK,
        may_ask=SwitchAccount.objects.observed().filter(pk=found.pk).exists(),
        asking=drivers.is_asking(found.pk),
        wish=uuid4().hex,
    )


@require_POST
def new_key(request: HttpRequest, slug: str, switch_id: int) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    found = _find(switch_id)
    if found.kind != Switch.WEBHOOK:
        messages.info(request, "Este sistema no lleva llave: solo la llevan los que reciben avisos firmados.")
        return redirect(address(request, "switch", found.pk))
    form = KeyForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["clave"][0]))
        return redirect(address(request, "switch", found.pk))
    try:
        key = new_switch_key(switch_id=found.pk, wish=form.cleaned_data["clave"], now=now())
    except KeyWasMade:
        return _shown_no_more(request, found.name)
    return _made(request, found, key)


def _shown_no_more(request: HttpRequest, name: str) -> HttpResponse:
    messages.info(
        request,
        f"La llave de {name} ya se había hecho y no se vuelve a mostrar. Si no la copiaste, haz otra en su página.",
    )
    return redirect(address(request, "switches"))


def _made(request: HttpRequest, made: SwitchAccount, key: str) -> HttpResponse:
    if not key:
        messages.success(request, f"{made.name} está listo. Lo que haya que cortar aparece en «Por hacer a mano».")
        return redirect(address(request, "switches"))
    return show(request, "office/switch_key.html", room="services", switch=made, key=key)


def _find(switch_id: int) -> SwitchAccount:
    found: SwitchAccount | None = SwitchAccount.objects.filter(pk=switch_id).first()
    if found is None:
        raise Http404
    return found


def _counts(one: SwitchAccount) -> tuple[int, int]:
    """(services, those of which it lacks the last order)."""
    lacks = Q(actual_gen__isnull=True) | Q(actual_gen__lt=F("gen"))
    found: dict[str, Any] = (
        Service.objects.live().filter(switch=one).aggregate(count=Count("pk"), late=Count("pk", filter=lacks))
    )
    return found["count"], found["late"]
