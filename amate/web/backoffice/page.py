"""The frame around every page of a company: its menu, its name, its local time."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from amate.companies.models import Branch, Emisor
from amate.fiscal.clock import zone_of
from amate.promises.models import Promise

CENTRO = ZoneInfo("America/Mexico_City")


@dataclass(frozen=True, slots=True)
class Room:
    """An entry of the menu; `short` is for the bar of a phone."""

    name: str
    icon: str
    label: str
    short: str


ROOMS = (
    Room("home", "i-home", "Inicio", "Inicio"),
    Room("tickets", "i-ticket", "Ventas y autofactura", "Ventas"),
    Room("invoices", "i-sheet", "Facturas", "Facturas"),
    Room("pending", "i-match", "Pendientes", "Pendientes"),
)


def slug_of(request: HttpRequest) -> str:
    return str(request.company.slug)  # type: ignore[attr-defined]


def address(request: HttpRequest, name: str, *args: Any) -> str:
    """The address of a page of this company."""
    return reverse(f"office:{name}", args=[slug_of(request), *args])


def office_zone() -> ZoneInfo:
    """The local time of the company: that of its first branch."""
    cp = Branch.objects.order_by("id").values_list("cp", flat=True).first()
    return zone_of(cp) if cp else CENTRO


def show(
    request: HttpRequest, template: str, *, room: str, zone: ZoneInfo | None = None, status: int = 200, **facts: Any
) -> HttpResponse:
    """Draw a page inside the frame; `room` is the entry of the menu it belongs to."""
    # The counter counts only what waits for a person: what is tried again by itself needs nobody.
    waiting = Promise.objects.for_a_person().count()
    frame = {
        "menu": [
            {
                "room": one,
                "url": address(request, one.name),
                "current": one.name == room,
                "count": waiting if one.name == "pending" else 0,
            }
            for one in ROOMS
        ],
        "emisor": Emisor.objects.get(),
        "slug": slug_of(request),
    }
    with timezone.override(zone or office_zone()):
        return render(request, template, frame | facts, status=status)
