"""The accountant's pack of a month: asked for here, made by the worker, taken from the page of its run."""

from datetime import date
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_TAKE_FILES
from amate.desk.ask_run import ask_month
from amate.desk.month_pack import Month, stamps_of
from amate.papers.dates import MONTHS
from amate.web.backoffice.exports import token_of
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.people_acting import asker_of
from amate.web.backoffice.roles import require
from amate.web.clock import now

OFFERED = 24


@require_http_methods(["GET", "HEAD", "POST"])
def month(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_TAKE_FILES)
    moment, zone = now(), office_zone()
    offered = list(_last_months(moment.astimezone(zone).date()))
    typed, mistake, status = str(offered[1]), "", 200
    token = token_of(request)
    if request.method == "POST":
        typed = request.POST.get("mes", "").replace("\x00", "")[:10]
        wanted = next((one for one in offered if str(one) == typed), None)
        if wanted is None or token is None:
            mistake, status = "Elige el mes en la lista y vuelve a enviarla.", 422
        elif not stamps_of(wanted):
            mistake, status = f"En {_in_words(wanted)} no hay ninguna factura timbrada: elige otro mes.", 422
        else:
            owner_id, who = asker_of(request)
            run = ask_month(month=wanted, zone=zone, token=token, owner_id=owner_id, who=who, now=moment)
            return redirect(address(request, "run", run.pk))
    return show(
        request,
        "office/month.html",
        room="invoices",
        status=status,
        months=[(str(one), _in_words(one)) for one in offered],
        typed=typed,
        mistake=mistake,
        token=uuid4(),
    )


def _last_months(today: date) -> list[Month]:
    """This month and those before it."""
    last = today.year * 12 + today.month - 1
    return [Month(number // 12, number % 12 + 1) for number in range(last, last - OFFERED, -1)]


def _in_words(one: Month) -> str:
    return f"{MONTHS[one.month - 1]} de {one.year}"
