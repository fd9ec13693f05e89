"""Antes de cobrar: five days ahead, what would keep a charge from going out, each line with the page that mends it; and the
active services that nothing will ever bill."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.access.may import MAY_CONFIGURE
from amate.billing_cycle.subscriptions.forecast import never_billed
from amate.billing_cycle.subscriptions.preflight import DAYS, Lack, preflight
from amate.fiscal.catalogs import catalogs_in_force
from amate.papers.dates import short
from amate.running.pacs_heard import pacs_heard
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import may
from amate.web.backoffice.subscriptions.runs import ROOM
from amate.web.clock import now

MOST = 200
BUTTONS = {"plan": "Poner precio", "customer": "Corregir sus datos", "csd": "Subir el sello", "pac": "Ver el timbrado"}


@dataclass(frozen=True, slots=True)
class LackRow:
    """`url` is empty for who may not mend it."""

    says: str
    button: str
    url: str


@require_safe
def preflight_page(request: HttpRequest, slug: str) -> HttpResponse:
    moment = now()
    today = moment.astimezone(office_zone()).date()
    found = preflight(today=today, now=moment, catalogs=catalogs_in_force(), stamps_left=_stamps_left(moment))
    never = list(never_billed(today=today).select_related("customer")[: MOST + 1])
    return show(
        request,
        "office/subscriptions/preflight.html",
        room=ROOM,
        days=DAYS,
        rows=[_row(request, one) for one in found[:MOST]],
        more=max(len(found) - MOST, 0),
        never=[(one, short(one.starts_on)) for one in never[:MOST]],
        more_never=len(never) > MOST,
    )


def _stamps_left(moment: datetime) -> int | None:
    """Of every account together; None if one of them has no limit, or nobody knows."""
    heard = pacs_heard(now=moment)
    left = [one.left for one in heard]
    return None if not left or None in left else sum(one for one in left if one is not None)


def _row(request: HttpRequest, one: Lack) -> LackRow:
    kind, _, number = one.about.partition(":")
    if one.code == "parked":
        return LackRow(one.says, "Ver por qué", address(request, "parkings"))
    if kind == "plan":
        return LackRow(one.says, BUTTONS[kind], address(request, "plan", int(number)))
    if kind == "customer":
        return LackRow(one.says, BUTTONS[kind], address(request, "customer_edit", int(number)))
    if not may(request, MAY_CONFIGURE):
        return LackRow(one.says, "", "")
    return LackRow(one.says, BUTTONS[kind], address(request, f"settings_{kind}"))
