"""Detenidos: customers whom the wheel cannot bill, each with why in words, the way to mend it, and "try again"."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from amate.access.may import MAY_KEEP_SUBSCRIPTIONS
from amate.billing_cycle.subscriptions.models import Parking
from amate.billing_cycle.subscriptions.parking import unpark
from amate.web.backoffice.keyset import page_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.subscriptions.runs import ROOM
from amate.web.clock import now


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """`button` and `url`: where it is mended; empty when only trying again helps."""

    id: int
    customer_id: int
    nombre: str
    error: str
    since: datetime
    button: str
    url: str


@require_safe
def parkings(request: HttpRequest, slug: str) -> HttpResponse:
    rows = Parking.objects.open().select_related("customer").order_by("-id")
    page = page_of(rows, request=request, kept={})
    return show(
        request,
        "office/subscriptions/parkings.html",
        room=ROOM,
        rows=[_row(request, one) for one in page.rows],
        page=page,
        may_keep=may(request, MAY_KEEP_SUBSCRIPTIONS),
    )


@require_POST
def again(request: HttpRequest, slug: str, parking_id: int) -> HttpResponse:
    require(request, MAY_KEEP_SUBSCRIPTIONS)
    found = Parking.objects.filter(pk=parking_id).select_related("customer").first()
    if found is None:
        raise Http404
    if unpark(customer_id=found.customer_id, now=now()):
        messages.success(
            request,
            f"Estamos cobrando otra vez a {found.customer.nombre}. Si algo falta todavía, volverá a esta lista.",
        )
    else:
        messages.info(request, "Ya no estaba detenido: se resolvió mientras tanto.")
    return redirect(address(request, "parkings"))


def _row(request: HttpRequest, one: Parking) -> ParkedRow:
    button, url = remedy_of(request, one.error, one.customer_id)
    return ParkedRow(one.pk, one.customer_id, one.customer.nombre, one.error, one.parked_at, button, url)


def remedy_of(request: HttpRequest, error: str, customer_id: int) -> tuple[str, str]:
    """(button, address) of the page where what the sentence tells is mended."""
    if "no tiene precio" in error:
        return "Poner precio al plan", address(request, "plans")
    if "datos fiscales" in error:
        return "Completar sus datos", address(request, "customer_edit", customer_id)
    return "Ver al cliente", address(request, "customer", customer_id)
