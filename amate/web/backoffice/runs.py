"""The page of a run: how far it is, what it did, what it left out, and its file."""

from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from amate.access.may import MAY_CONFIGURE, MAY_EXPORT, MAY_SEE_CODES, MAY_TAKE_FILES
from amate.desk.acts import ACTS, Act
from amate.desk.do_to_many import stop_run
from amate.desk.filters import At
from amate.desk.left_out import sheet_of_left_out
from amate.desk.lists import LISTS
from amate.desk.make_file import content_of
from amate.desk.models import Run
from amate.desk.month_pack import MONTH
from amate.desk.time_left import in_words, time_left
from amate.promises.models import Promise
from amate.web.backoffice.lists import PAGES, may_read, room_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may
from amate.web.clock import now
from amate.web.files import FILE_TYPES, attached, sheet_response

UNCHANGED = 204
NAMED = 10
# The page of one row of each list whose rows can be acted on.
PAGE_OF_ROW = {"notas": "ticket", "facturas": "invoice"}


@require_safe
def run(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    found = _find(request, run_id)
    asked_by_page = bool(request.htmx)  # type: ignore[attr-defined]
    if asked_by_page and not found.is_working:
        return HttpResponseClientRefresh()
    if asked_by_page and request.GET.get("van") == str(found.through):
        return HttpResponse(status=UNCHANGED)
    act, listing = ACTS.get(found.act), LISTS[found.listing]
    facts: dict[str, Any] = {
        "run": found,
        "slug": slug,
        "doing": act.doing if act else "Preparando el archivo",
        "stuck": _stuck(found),
        "time_left": in_words(time_left(found, now=now())),
        "may_undo": act is not None and act.mails and not found.through,
        "may_stop": found.is_working and act is not None and act.do is not None,
    }
    if asked_by_page:
        return render(request, "office/run_progress.html", facts)
    return show(
        request,
        "office/run.html",
        room=room_of(found.listing),
        title=_title(found, act),
        done_words=act.done if act else "",
        listing=listing,
        back=f"{address(request, PAGES[found.listing])}?{found.query}",
        left=_left(request, found),
        **facts,
    )


@require_POST
def stop(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    stopped = stop_run(run_id=_find(request, run_id).pk, now=now())
    return redirect(address(request, "run", stopped.pk))


@require_safe
def file(request: HttpRequest, slug: str, run_id: int) -> StreamingHttpResponse:
    """By its pieces: whoever downloads a long list holds none of it in our memory."""
    found = _find(request, run_id)
    if not _may_take(request, found):
        raise PermissionDenied
    if found.state != Run.State.DONE or not found.size:
        raise Http404
    answer = StreamingHttpResponse(content_of(found), content_type=FILE_TYPES[found.file_name.rpartition(".")[2]])
    answer["Content-Length"] = str(found.size)
    answer["Content-Disposition"] = attached(found.file_name)
    return answer


@require_safe
def left_out(request: HttpRequest, slug: str, run_id: int) -> HttpResponse:
    found = _find(request, run_id)
    if not found.left_out:
        raise Http404
    content = sheet_of_left_out(found, at=At(now(), ZoneInfo(found.zone), sees_codes=may(request, MAY_SEE_CODES)))
    return sheet_response(content, name=f"{found.listing}-fuera-{found.pk}.csv")


def _left(request: HttpRequest, found: Run) -> list[dict[str, Any]]:
    """Each why with how many, and the first few by name; all of them are in the file."""
    listing, at = LISTS[found.listing], At(now(), ZoneInfo(found.zone), sees_codes=may(request, MAY_SEE_CODES))
    page = PAGE_OF_ROW[found.listing] if found.left_out else ""
    rows = []
    for why, count in sorted(found.counts.get("left", {}).items()):
        ids = found.left_out.get(why, [])[:NAMED]
        names = {row.pk: str(listing.columns[0].value(row, at)) for row in listing.rows(at).filter(pk__in=ids)}
        named = [(names[pk] or f"Borrador {pk}", address(request, page, pk)) for pk in ids if pk in names]
        rows.append({"why": why, "count": count, "named": named, "more": count - len(named)})
    return rows


def _find(request: HttpRequest, run_id: int) -> Run:
    """Who asked, and who leads the company: a file may hold what another role may not read."""
    found: Run | None = Run.objects.defer("ids").filter(pk=run_id).first()
    if found is None or not may_read(request, found.listing):
        raise Http404
    if found.owner_id != request.user.pk and not may(request, MAY_CONFIGURE):
        raise Http404
    return found


def _title(found: Run, act: Act | None) -> str:
    if found.act == MONTH:
        return f"Paquete de {found.said['month']} para el contador"
    return act.button if act else f"Exportar {LISTS[found.listing].many}"


def _may_take(request: HttpRequest, found: Run) -> bool:
    """The role may be another one since the file was asked for."""
    act = ACTS.get(found.act)
    allowed = act.may if act is not None else MAY_TAKE_FILES if found.act == MONTH else MAY_EXPORT
    if not may(request, allowed):
        return False
    return not found.shows_codes or may(request, MAY_SEE_CODES)


def _stuck(found: Run) -> str:
    """Why the worker could not finish, if it tried and could not."""
    if not found.is_working:
        return ""
    owed = Promise.objects.failing().filter(args__run_id=found.pk).order_by("-id").first()
    return owed.last_error if owed else ""
