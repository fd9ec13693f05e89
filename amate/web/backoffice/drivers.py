"""Systems that we tell in their own language: added, changed and asked whether they answer."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from amate.access.may import MAY_CONFIGURE
from amate.billing_cycle.service.add_switch import BadSwitch
from amate.billing_cycle.service.keep_driver import add_driver, change_driver
from amate.billing_cycle.service.models import Switch, SwitchAccount
from amate.billing_cycle.service.try_switch import KIND, ask_switch
from amate.promises.models import Promise
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.backoffice.switch_forms import FORMS, DriverForm, new_form
from amate.web.clock import now

KINDS = [(kind, Switch(kind).label) for kind in FORMS]


def kind_asked(request: HttpRequest) -> str:
    """Of those with a form of their own; empty for the others."""
    said = request.POST.get("kind", "") if request.method == "POST" else request.GET.get("tipo", "")
    return said if said in FORMS else ""


def add(request: HttpRequest, kind: str) -> HttpResponse | DriverForm:
    """Where it leads, or the form as it is to be shown."""
    if request.method != "POST":
        return new_form(kind, wish=uuid4().hex)
    form = new_form(kind, request.POST)
    if form.is_valid():
        try:
            made = add_driver(said=form.driver(Switch(kind)), wish=form.cleaned_data["clave"], now=now())
        except BadSwitch as why:
            form.add_error(why.field, str(why))
        else:
            messages.success(request, f"{made.name} está guardado. Pruébalo antes de ponerle servicios.")
            return redirect(address(request, "switch", made.pk))
    return form


def change(request: HttpRequest, found: SwitchAccount) -> HttpResponse | DriverForm:
    """Where it leads, or the form as it is to be shown."""
    form_of: Any = FORMS[found.kind]
    if request.method != "POST":
        shown: DriverForm = form_of.of(found)
        return shown
    form: DriverForm = form_of(request.POST)
    if form.is_valid():
        try:
            change_driver(switch_id=found.pk, said=form.driver(Switch(found.kind)), now=now())
        except BadSwitch as why:
            form.add_error(why.field, str(why))
        else:
            messages.success(request, "Guardado. Le avisamos de lo que le falte.")
            return redirect(address(request, "switch", found.pk))
    return form


@require_POST
def ask(request: HttpRequest, slug: str, switch_id: int) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    try:
        asked = ask_switch(switch_id=switch_id, now=now())
    except SwitchAccount.DoesNotExist as none:
        raise Http404 from none
    if asked:
        messages.success(request, "Le estamos preguntando. Actualiza la página para ver qué contestó.")
    else:
        messages.info(request, "A este sistema no se le puede preguntar: no dice cómo están sus servicios.")
    return redirect(address(request, "switch", switch_id))


def is_asking(switch_id: int) -> bool:
    return Promise.objects.open().filter(key=f"{KIND}:{switch_id}").exists()
