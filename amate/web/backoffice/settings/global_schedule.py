"""Factura global: how often each branch's is made by itself, and what that means for who comes late."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_CONFIGURE
from amate.companies.models import Branch, Emisor, PortalPolicy
from amate.companies.policies import in_force
from amate.fiscal.catalogs import name_of
from amate.fiscal.clock import zone_of
from amate.fiscal.global_period import BIMESTRAL, REGIMEN_BIMESTRAL
from amate.fiscal.tables.comprobante import PERIODICIDADES
from amate.papers.dates import short
from amate.self_invoicing.global_calendar import Outlived, outlived
from amate.self_invoicing.models import GlobalSchedule
from amate.self_invoicing.register import window_of
from amate.self_invoicing.schedule_globals import BY_HAND, HOURS, USUAL_HOUR, ScheduleRefused, schedule_globals
from amate.web.backoffice.edited import is_fresh, version_of
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.room import show_setting
from amate.web.clock import now

ROOM = "settings_globals"


class GlobalsForm(forms.Form):
    """A choice for each open branch, and one hour for all of them."""

    hour = forms.TypedChoiceField(
        label="A qué hora del día siguiente",
        choices=[(str(hour), f"{hour}:00") for hour in HOURS],
        coerce=int,
        help_text="Del lugar de cada sucursal. Más tarde, alcanzan a llegar las ventas de una caja sin internet.",
    )

    def __init__(self, *args: Any, branches: list[Branch], bimestral: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [one for one in sorted(PERIODICIDADES) if bimestral or one != BIMESTRAL]
        choices = [(BY_HAND, "A mano"), *((one, name_of("periodicidad", one) or one) for one in kinds)]
        for branch in branches:
            self.fields[field_of(branch)] = forms.ChoiceField(label=branch.nombre, choices=choices)
        self.order_fields([*(field_of(branch) for branch in branches), "hour"])


def field_of(branch: Branch) -> str:
    return f"b{branch.pk}"


@require_http_methods(["GET", "HEAD", "POST"])
def global_schedule(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    moment = now()
    if request.method == "POST":
        Emisor.locked(Emisor.objects.get().pk)  # one after the other, or the second would not see what it writes over
    kept: dict[int, GlobalSchedule] = {one.branch_id: one for one in GlobalSchedule.objects.kept()}
    branches = [one for one in Branch.objects.order_by("id") if one.closed_at is None or one.pk in kept]
    hours = [one.hour for one in kept.values()]
    form = GlobalsForm(
        request.POST if request.method == "POST" else None,
        branches=branches,
        bimestral=Emisor.objects.filter(regimen_fiscal=REGIMEN_BIMESTRAL).exists(),
        initial={"hour": str(hours[0] if hours else USUAL_HOUR)}
        | {field_of(one): kept[one.pk].periodicidad if one.pk in kept else BY_HAND for one in branches},
    )
    version = version_of({str(pk): (one.periodicidad, one.hour) for pk, one in kept.items()})
    fresh = request.method == "POST" and is_fresh(request, form, version=version, thing="estas reglas")
    if fresh and form.is_valid() and _saved(form, branches, moment):
        messages.success(request, "Guardado.")
        return redirect(address(request, ROOM))
    rows = list(PortalPolicy.objects.all())
    told = [(one, kept[one.pk].trouble, _told(one, kept[one.pk], rows, moment)) for one in branches if one.pk in kept]
    return show_setting(
        request,
        "global_schedule",
        current=ROOM,
        status=422 if form.errors else 200,
        form=form,
        told=told,
        version=version,
    )


def _saved(form: GlobalsForm, branches: list[Branch], moment: datetime) -> bool:
    said = form.cleaned_data
    with transaction.atomic():
        for branch in branches:
            name = field_of(branch)
            try:
                schedule_globals(branch_id=branch.pk, periodicidad=said[name], hour=said["hour"], now=moment)
            except ScheduleRefused as refused:
                form.add_error(name, str(refused))
        if form.errors:
            transaction.set_rollback(True)
    return not form.errors


def _told(branch: Branch, schedule: GlobalSchedule, rows: list[PortalPolicy], moment: datetime) -> str:
    """By the portal's rules of today: what is printed already keeps its own deadline, and the same door."""
    zone = zone_of(branch.cp)
    today = moment.astimezone(zone).date()
    window = window_of(in_force(rows, branch_id=branch.pk, day=today))
    begins = f"Van las ventas desde el {short(schedule.starts_on)}; las de antes se hacen a mano."
    found = outlived(window=window, periodicidad=schedule.periodicidad, hour=schedule.hour, zone=zone, since=today)
    return f"{begins} {in_the_globals(found)}"


def in_the_globals(found: Outlived | None) -> str:
    """What a window means for those who come between the global of their purchase and its end."""
    if found is None:
        return "A cada compra se le acaba el plazo del portal antes de su global."
    return (
        f"A algunas compras les sobra plazo después de su global: una del {short(found.sold_on)} se factura en el portal "
        f"hasta el {short(found.deadline)}, y su global se hace el {short(found.made_at)}. Quien venga entonces recibe su "
        "factura igual, y una nota de crédito saca su compra de la global: son dos timbres más por cada uno. Para "
        "evitarlos, que el plazo del portal termine con el mes y la global sea de cada mes."
    )
