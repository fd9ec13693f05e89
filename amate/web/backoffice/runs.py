"""The page of a run: how far it is, what it did, what it left out, and its file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from amate.access.may import MAY_CONFIGURE
from amate.desk.acts import ACTS
from amate.desk.do_to_many import stop_run
from amate.desk.lists import LISTS
from amate.desk.make_file import content_of
from amate.desk.models import Run
from amate.promises.models import Promise
from amate.web.backoffice.lists import PAGES, may_read
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may
from amate.web.clock import now
from amate.web.files import FILE_TYPES, attached

UNCHANGED = 204


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
        "may_undo": act is not None and act.mails and not found.through,
        "may_stop": found.is_working and act is not None and act.do is not None,
    }
    if asked_by_page:
        return render(request, "office/run_progress.html", facts)
    return show(
        request,
        "office/run.html",
        room="people" if found.listing == "auditoria" else PAGES[found.listing],
        title=act.button if act else f"Exportar {listing.many}",
        done_words=act.done if act else "",
        listing=listing,
        back=f"{address(request, PAGES[found.listing])}?{found.query}",
        left=sorted(found.counts.get("left", {}).items()),
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
    if found.state != Run.State.DONE or not found.size:
        raise Http404
    answer = StreamingHttpResponse(content_of(found), content_type=FILE_TYPES[found.file_name.rpartition(".")[2]])
    answer["Content-Length"] = str(found.size)
    answer["Content-Disposition"] = attached(found.file_name)
    return answer


def _find(request: HttpRequest, run_id: int) -> Run:
    """Who asked, and who leads the company: a file may hold what another role may not read."""
    found: Run | None = Run.objects.defer("ids").filter(pk=run_id).first()
    if found is None or not may_read(request, found.listing):
        raise Http404
    if found.asked_by != request.user.email and not may(request, MAY_CONFIGURE):  # type: ignore[union-attr]
        raise Http404
    return found


def _stuck(found: Run) -> str:
    """Why the worker could not finish, if it tried and could not."""
    if not found.is_working:
        return ""
    owed = Promise.objects.failing().filter(args__run_id=found.pk).order_by("-id").first()
    return owed.last_error if owed else ""
