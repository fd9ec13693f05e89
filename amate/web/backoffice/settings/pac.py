"""Timbrado: who stamps the company's invoices, and whether it answers."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from amate.access.may import MAY_CONFIGURE
from amate.companies.models import PacTrial
from amate.companies.try_pac import ask_pac
from amate.invoices.models import Stamp
from amate.running.pac_accounts import stamp_prices
from amate.running.pacs_heard import NAMES, pacs_heard
from amate.web.backoffice.page import address, office_zone
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.room import show_setting
from amate.web.clock import now


@dataclass(frozen=True, slots=True)
class Spent:
    """Of one PAC since the first of the month; `pesos` is None where nobody said what a stamp costs."""

    name: str
    stamps: int
    pesos: Decimal | None


@require_safe
def pac(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    trial = _trial()
    return show_setting(
        request,
        "pac",
        current="settings_pac",
        simulator=settings.PAC_IS_SIMULATOR,
        trial=trial,
        waiting=_waits(trial),
        spent=_spent(now()),
        heard=[(NAMES.get(one.code, one.code), one) for one in pacs_heard(now=now())],
    )


@require_POST
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    if not _waits(_trial()):
        ask_pac(now=now())
    return redirect(address(request, "settings_pac"))


@require_safe
def verdict(request: HttpRequest, slug: str) -> HttpResponse:
    """Asked by the page while the worker asks the PAC; it stops by leading to the whole page."""
    require(request, MAY_CONFIGURE)
    if _waits(_trial()):
        return render(request, "office/settings/pac_wait.html", {"slug": slug})
    return HttpResponseClientRedirect(address(request, "settings_pac"))


def _spent(moment: datetime) -> list[Spent]:
    local = moment.astimezone(office_zone())
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    counted = Stamp.objects.filter(recorded_at__gte=first).values("pac").annotate(n=Count("pk")).order_by("pac")
    prices = stamp_prices()
    return [
        Spent(
            NAMES.get(one["pac"], one["pac"]), one["n"], prices[one["pac"]] * one["n"] if one["pac"] in prices else None
        )
        for one in counted
    ]


def _trial() -> PacTrial | None:
    found: PacTrial | None = PacTrial.objects.first()
    return found


def _waits(trial: PacTrial | None) -> bool:
    return trial is not None and trial.told_at is None
