"""Folios sin usar: every number of a series that no CFDI carries, and why."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.access.may import MAY_EXPORT, MAY_SEE_CODES
from amate.audit.record import record
from amate.desk.ask_run import FILES
from amate.desk.filters import At
from amate.desk.make_file import file_name
from amate.desk.void_list import NAME, void_sheet
from amate.invoices.voids import voids_everywhere
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import may, require
from amate.web.clock import now
from amate.web.files import sheet_response

SHOWN = 500  # the file has them all


@require_safe
def voids(request: HttpRequest, slug: str) -> HttpResponse:
    found = list(voids_everywhere())
    return show(
        request,
        "office/voids.html",
        room="invoices",
        rows=found[:SHOWN],
        more=len(found) - SHOWN,
        count=sum(one.count for one in found),
        export_url=address(request, "voids_export") if may(request, MAY_EXPORT) else "",
    )


@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_EXPORT)
    wanted = request.GET.get("formato", "")
    kind = wanted if wanted in FILES else "xlsx"
    at = At(now(), office_zone(), sees_codes=may(request, MAY_SEE_CODES))
    found = list(voids_everywhere())
    record("list.exported", about="", now=at.now, listing=NAME, kind=kind, query="", rows=len(found))
    return sheet_response(void_sheet(found, kind=kind, at=at), name=file_name(NAME, kind, now=at.now, zone=at.zone))
