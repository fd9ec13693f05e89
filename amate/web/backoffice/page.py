"""The frame around every page of a company: its menu, its name, its local time."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from amate.access.may import MAY_AUDIT, MAY_CONFIGURE, MAY_READ_REPORTS
from amate.access.models import Role
from amate.companies.day import zone_of_company
from amate.companies.models import Emisor
from amate.promises.models import Promise
from amate.web.addresses import API, logo_url
from amate.web.backoffice.keys_that_lead import KEYS, keys_are_on
from amate.web.backoffice.roles import may
from amate.web.backoffice.undo import taken_undo

office_zone = zone_of_company


@dataclass(frozen=True, slots=True)
class Room:
    """An entry of the menu; `short` is for a phone, whose bar has place for four: the others are behind "Más".
    `roles` see it; None: everybody."""

    name: str
    icon: str
    label: str
    short: str
    roles: frozenset[Role] | None = None
    on_the_bar: bool = False


ROOMS = (
    Room("home", "i-home", "Inicio", "Inicio", on_the_bar=True),
    Room("counter", "i-collect", "Mostrador", "Mostrador", on_the_bar=True),
    Room("tickets", "i-ticket", "Ventas y autofactura", "Ventas", on_the_bar=True),
    Room("invoices", "i-sheet", "Facturas", "Facturas", on_the_bar=True),
    Room("served", "i-ok", "¿Se le atiende?", "Atender"),
    Room("receivables", "i-collect", "Por cobrar", "Por cobrar"),
    Room("payments", "i-match", "Pagos y conciliación", "Pagos"),
    Room("subscriptions", "i-cycle", "Suscripciones", "Suscripciones"),
    Room("services", "i-cycle", "Servicios", "Servicios"),
    Room("billing_runs", "i-going", "Corridas", "Corridas"),
    Room("reports", "i-bars", "Reportes", "Reportes", roles=MAY_READ_REPORTS),
    Room("customers", "i-people", "Clientes", "Clientes"),
    Room("imports", "i-cycle", "Importar", "Importar"),
    Room("products", "i-bars", "Productos", "Productos"),
    Room("pending", "i-match", "Pendientes", "Pendientes"),
    Room("cases", "i-people", "Ayuda a clientes", "Ayuda"),
    Room("people", "i-key", "Personas y permisos", "Personas", roles=MAY_AUDIT),
    Room("settings", "i-gear", "Ajustes", "Ajustes", roles=MAY_CONFIGURE),
)


def slug_of(request: HttpRequest) -> str:
    return str(request.company.slug)  # type: ignore[attr-defined]


def address(request: HttpRequest, name: str, *args: Any) -> str:
    """The address of a page of this company."""
    return reverse(f"office:{name}", args=[slug_of(request), *args])


def show(
    request: HttpRequest, template: str, *, room: str, zone: ZoneInfo | None = None, status: int = 200, **facts: Any
) -> HttpResponse:
    """Draw a page inside the frame; `room` is the entry of the menu it belongs to."""
    # The counter counts only what waits for a person: what is tried again by itself needs nobody.
    waiting = Promise.objects.for_a_person().count()
    emisor = Emisor.objects.get()
    frame = {
        "menu": [
            {
                "room": one,
                "url": address(request, one.name),
                "current": one.name == room,
                "count": waiting if one.name == "pending" else 0,
                "key": KEYS.get(one.name, ""),
            }
            for one in ROOMS
            if one.roles is None or may(request, one.roles)
        ],
        "waiting": waiting,
        "keys_on": keys_are_on(request),
        "emisor": emisor,
        "may_configure": may(request, MAY_CONFIGURE),
        "logo": logo_url(slug_of(request), emisor.logo),
        "slug": slug_of(request),
        "undo": taken_undo(request),
        "api_address": f"{settings.PUBLIC_URL}{API}/tickets/caja-1/0001",
    }
    with timezone.override(zone or office_zone()):
        return render(request, template, frame | facts, status=status)
