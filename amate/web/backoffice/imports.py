"""Importar: a file is uploaded, its columns are named, it is run dry, registered, and may be undone."""

import csv
import io
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from amate.access.may import MAY_IMPORT
from amate.desk.sheet import inert
from amate.intake.columns import FIELDS, missing
from amate.intake.commit import HasErrors, NothingNew, ask_commit
from amate.intake.look import Look, places_in
from amate.intake.models import Batch, ImportSource, Kind
from amate.intake.options import Options
from amate.intake.remap import remap_batch
from amate.intake.undo import ask_undo
from amate.intake.upload import same_file, take_upload
from amate.intake.walk import branches_of_sales
from amate.promises.models import Promise
from amate.tenancy.models import IllegalMove
from amate.web.backoffice.drafted import Drafted, PageDraft, draft_of
from amate.web.backoffice.import_forms import MappingForm, UploadForm
from amate.web.backoffice.import_words import WORDS
from amate.web.backoffice.keyset import page_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import Pill
from amate.web.clock import now

State = Batch.State
UNCHANGED = 204
SHOWN_ERRORS = 50
QUARTER = 25  # of 100
TONES = {State.READ: "warn", State.ASKING: "warn", State.COMMITTED: "ok", State.REFUSED: "bad"}
MEANWHILE = "Ya no hacía falta: la importación cambió mientras tanto. Así está ahora."

COLUMNS = Drafted(
    "columns",
    page="import_columns",
    roles=MAY_IMPORT,
    fields=frozenset(MappingForm.base_fields) | {f"col_{one.name}" for kind in FIELDS.values() for one in kind},
    of_a_thing=True,
)


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method == "POST":
        return _upload(request)
    return _list(request, UploadForm(initial={"kind": request.GET.get("tipo", Kind.SALES), "source": "archivo"}))


def _upload(request: HttpRequest) -> HttpResponse:
    require(request, MAY_IMPORT)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, status=422)
    file = form.cleaned_data["file"]
    batch = take_upload(
        kind=form.cleaned_data["kind"],
        source=form.cleaned_data["source"],
        file_name=file.name,
        size=file.size,
        chunks=file.chunks(),
        who=request.user.email,  # type: ignore[union-attr]
        now=now(),
    )
    return redirect(address(request, "import", batch.pk))


def _list(request: HttpRequest, form: UploadForm, *, status: int = 200) -> HttpResponse:
    rows = Batch.objects.select_related("source").defer("errors", "look").order_by("-id")
    page = page_of(rows, request=request, kept={})
    return show(
        request,
        "office/imports.html",
        room="imports",
        status=status,
        form=form,
        page=page,
        rows=[(one, _pill(one)) for one in page.rows],
        sources=sorted(set(ImportSource.objects.values_list("name", flat=True))),
        may_import=may(request, MAY_IMPORT),
    )


@require_safe
def batch(request: HttpRequest, slug: str, batch_id: int) -> HttpResponse:
    found = _find(batch_id)
    asked_by_page = bool(request.htmx)  # type: ignore[attr-defined]
    if asked_by_page and not found.is_working:
        return HttpResponseClientRefresh()
    if asked_by_page and request.GET.get("fase") == _phase(found):
        return HttpResponse(status=UNCHANGED)
    if asked_by_page:
        facts = {"batch": found, "phase": _phase(found), "said": _said(found), "slug": slug, "stuck": _stuck(found)}
        return render(request, "office/import_progress.html", facts)
    return _show(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, slug: str, batch_id: int) -> HttpResponse:
    require(request, MAY_IMPORT)  # the first rows are shown as they came, with the codes that tills printed
    found = _find(batch_id)
    if found.state not in (State.ASKING, State.READ) or found.source.kind == Kind.CFDI:
        return redirect(address(request, "import", found.pk))
    look = Look.of(found.look)
    branches = [(one.code, f"{one.nombre} (cerrada)" if one.closed_at else one.nombre) for one in branches_of_sales()]
    form_of = partial(MappingForm, kind=found.source.kind, look=look, branches=branches)
    draft = draft_of(request, COLUMNS, found.pk)
    if request.method != "POST":
        form = form_of(mapping=found.source.mapping, options=Options.of(found.source.options))
        if draft.typed is not None:
            form.initial = draft.typed.dict()
        return _show_columns(request, found, look, form, draft)
    form = form_of(request.POST)
    if not form.is_valid():
        return _show_columns(request, found, look, form, draft, status=422)
    try:
        remap_batch(
            batch_id=found.pk, mapping=form.mapping, options=form.options, sheet=form.cleaned_data["sheet"], now=now()
        )
    except IllegalMove:
        messages.info(request, MEANWHILE)
    draft.drop()
    return redirect(address(request, "import", found.pk))


@require_POST
def commit(request: HttpRequest, slug: str, batch_id: int) -> HttpResponse:
    require(request, MAY_IMPORT)
    found = _find(batch_id)
    try:
        ask_commit(batch_id=found.pk, skip_bad=request.POST.get("sin_errores") == "1", now=now())
    except HasErrors:
        messages.error(
            request, "Hay renglones con error: corrígelos en tu archivo, o marca la casilla para dejarlos fuera."
        )
    except NothingNew:
        messages.info(request, "No hay nada que registrar: todo lo bueno de este archivo ya estaba.")
    except IllegalMove:
        messages.info(request, MEANWHILE)
    return redirect(address(request, "import", found.pk))


@require_POST
def undo(request: HttpRequest, slug: str, batch_id: int) -> HttpResponse:
    require(request, MAY_IMPORT)
    found = _find(batch_id)
    try:
        ask_undo(batch_id=found.pk, now=now())
    except IllegalMove:
        messages.info(request, MEANWHILE)
    return redirect(address(request, "import", found.pk))


@require_safe
def errors(request: HttpRequest, slug: str, batch_id: int) -> HttpResponse:
    """The rows with errors as a CSV that Excel opens with its accents."""
    found = _find(batch_id)
    kept = io.StringIO()
    writer = csv.writer(kept)
    writer.writerow(["Renglón", "Columna", "Qué corregir"])
    writer.writerows([row, column, inert(sentence)] for row, column, sentence in found.errors)
    answer = HttpResponse("\ufeff" + kept.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="errores-importacion-{found.pk}.csv"'
    return answer


def _find(batch_id: int) -> Batch:
    found: Batch | None = Batch.objects.select_related("source").filter(pk=batch_id).first()
    if found is None:
        raise Http404
    return found


def _show(request: HttpRequest, found: Batch) -> HttpResponse:
    look = Look.of(found.look) if found.look else None
    places = places_in(look, found.source.mapping) if look else {}
    return show(
        request,
        "office/import.html",
        room="imports",
        batch=found,
        phase=_phase(found),
        said=_said(found),
        stuck=_stuck(found),
        pill=_pill(found),
        counts=found.counts,
        words=WORDS[found.source.kind],
        to_save=found.counts.get("new", 0) + found.counts.get("changed", 0),
        errors=found.errors[:SHOWN_ERRORS],
        more_errors=max(found.counts.get("bad_rows", 0) - SHOWN_ERRORS, 0),
        mapped=[(one.label, look.names[places[one.name]]) for one in FIELDS[found.source.kind] if one.name in places]
        if look
        else [],
        lacks=missing(found.source.kind, places) if look else [],
        twin=same_file(found) if found.state in (State.READ, State.ASKING) else None,
        may_import=may(request, MAY_IMPORT),
    )


def _show_columns(
    request: HttpRequest, found: Batch, look: Look, form: MappingForm, draft: PageDraft, *, status: int = 200
) -> HttpResponse:
    return show(
        request,
        "office/import_columns.html",
        room="imports",
        status=status,
        batch=found,
        look=look,
        form=form,
        draft=draft,
        may_import=may(request, MAY_IMPORT),
    )


def _phase(found: Batch) -> str:
    return f"{found.state}-{found.progress}"


def _said(found: Batch) -> str:
    """What a screen reader is told: each quarter is news, each row is noise.

    >>> _said(Batch(company_id=1, state=State.UPLOADED, progress=61))
    'Lleva 50 %'
    """
    quarter = found.progress // QUARTER * QUARTER
    return f"Lleva {quarter} %" if quarter else ""


def _stuck(found: Batch) -> str:
    """Why the worker could not finish, if it tried and could not."""
    if not found.is_working:
        return ""
    owed = Promise.objects.failing().filter(args__batch_id=found.pk).order_by("-id").first()
    return owed.last_error if owed else ""


def _pill(found: Batch) -> Pill:
    return Pill(State(found.state).label, TONES.get(State(found.state), "warn" if found.is_working else ""))
