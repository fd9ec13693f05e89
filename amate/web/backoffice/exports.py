"""Exporting a list exactly as it is narrowed: a short one at once, a long one by the worker."""

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_EXPORT
from amate.audit.record import record
from amate.desk.ask_run import FILES, ask_file
from amate.desk.listing import COUNTED
from amate.desk.lists import LISTS
from amate.desk.make_file import file_name, sheet_of
from amate.web.backoffice.lists import PAGES, counted, read, room_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.people_acting import asker_of
from amate.web.backoffice.roles import require
from amate.web.files import sheet_response

NAMES = {"xlsx": "Excel", "csv": "CSV"}


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, slug: str, listing: str) -> HttpResponse:
    require(request, MAY_EXPORT)
    asked = read(request, LISTS[listing])
    wanted = request.GET.get("formato", "")
    kind = wanted if wanted in FILES else "xlsx"
    token = token_of(request)
    if token:
        owner_id, who = asker_of(request)
        run = ask_file(kind=kind, asked=asked, token=token, owner_id=owner_id, who=who, now=asked.at.now)
        return redirect(address(request, "run", run.pk))
    sums = asked.sum_up(most=COUNTED)
    if sums.count > COUNTED:
        return show(
            request,
            "office/export.html",
            room=room_of(listing),
            list_title=asked.listing.title,
            back=f"{address(request, PAGES[listing])}?{asked.query}",
            counted=counted(asked.listing, sums),
            kind=NAMES[kind],
            token=uuid4(),
        )
    content = sheet_of(asked, kind)
    record("list.exported", about="", now=asked.at.now, listing=listing, kind=kind, query=asked.query, rows=sums.count)
    return sheet_response(content, name=file_name(listing, kind, now=asked.at.now, zone=asked.at.zone))


def token_of(request: HttpRequest) -> UUID | None:
    """What a page of ours gave so that a form sent twice is one wish; None for anything else."""
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return None
