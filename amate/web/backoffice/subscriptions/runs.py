"""Corridas: what each day billed, how far today's is, and what waits for somebody's word before it goes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from amate.access.may import MAY_KEEP_SUBSCRIPTIONS
from amate.billing_cycle.subscriptions.forecast import never_billed
from amate.billing_cycle.subscriptions.leave_out import RunChanged, leave_out
from amate.billing_cycle.subscriptions.models import BillingRun, Parking, RunState
from amate.billing_cycle.subscriptions.plan_run import approve_run
from amate.billing_cycle.subscriptions.queries import Progress, progress_of, progress_of_many
from amate.billing_cycle.subscriptions.review import ReviewRow, review_of
from amate.papers.dates import short
from amate.tenancy.models import IllegalMove
from amate.web.backoffice.due_dates import due_todos
from amate.web.backoffice.keyset import page_of
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import Pill
from amate.web.clock import now

ROOM = "billing_runs"
UNCHANGED = 204
MOST = 100


@dataclass(frozen=True, slots=True)
class RunRow:
    run: BillingRun
    day: str
    kind: str
    progress: Progress
    pill: Pill


@require_safe
def runs(request: HttpRequest, slug: str) -> HttpResponse:
    today = _today()
    page = page_of(BillingRun.objects.order_by("-id"), request=request, kept={})
    far = progress_of_many(page.rows)
    rows = [_row(one, far[one.pk], today) for one in page.rows]
    parked = Parking.objects.open().count()
    return show(
        request,
        "office/subscriptions/runs.html",
        room=ROOM,
        rows=rows,
        page=page,
        planned_today=any(one.day == today and not one.reviewed for one in page.rows),
        parked=parked,
        never=never_billed(today=today)[: MOST + 1].count(),
        most=MOST,
        closing=due_todos(request, moment=now()),
    )


@require_safe
def run(request: HttpRequest, slug: str, billing_run_id: int) -> HttpResponse:
    found = find_run(billing_run_id)
    far = progress_of(found)
    live = bool(getattr(request, "htmx", False))
    if live and found.state == RunState.DONE:
        return HttpResponseClientRefresh()
    if live and request.GET.get("van") == str(far.done):
        return HttpResponse(status=UNCHANGED)
    facts: dict[str, Any] = {"run": found, "far": far, "slug": slug}
    if live:
        return render(request, "office/subscriptions/run_progress.html", facts)
    row = _row(found, far, _today())
    return show(
        request,
        "office/subscriptions/run.html",
        room=ROOM,
        row=row,
        review=_review(request, found),
        parked=_parked_that_day(found),
        may_approve=found.state == RunState.REVIEW and may(request, MAY_KEEP_SUBSCRIPTIONS),
        **facts,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, slug: str, billing_run_id: int) -> HttpResponse:
    """Whoever is marked is left for another day; then a page says how much goes out, and the second button lets it."""
    require(request, MAY_KEEP_SUBSCRIPTIONS)
    found = find_run(billing_run_id)
    if found.state != RunState.REVIEW:
        messages.info(request, "Esta corrida ya no espera a nadie: así quedó.")
        return redirect(address(request, "billing_run", found.pk))
    if request.method == "POST" and "dejar" in request.POST:
        return _leave(request, found)
    if request.method == "POST" and request.POST.get("visto") == _seen(found):
        try:
            approve_run(run_id=found.pk, now=now())
        except IllegalMove:
            messages.info(request, "Alguien más la aprobó hace un momento.")
        else:
            messages.success(request, "Aprobada: los cobros están saliendo.")
        return redirect(address(request, "billing_run", found.pk))
    return show(
        request,
        "office/subscriptions/approve.html",
        room=ROOM,
        run=found,
        seen=_seen(found),
        changed=request.method == "POST",
        day=short(found.day),
    )


def find_run(billing_run_id: int) -> BillingRun:
    found: BillingRun | None = BillingRun.objects.filter(pk=billing_run_id).first()
    if found is None:
        raise Http404
    return found


def run_pill(run: BillingRun, far: Progress, today: date) -> Pill:
    if run.state == RunState.REVIEW:
        return Pill("Espera tu aprobación", "warn")
    if run.state == RunState.RUNNING:
        return Pill(f"Va en {far.percent} %", "warn")
    if run.reviewed and run.began_at is None:
        return Pill("Pasó al día siguiente", "")
    return Pill("Terminó con pendientes", "bad") if far.is_red else Pill("Terminada", "ok")


def _row(run: BillingRun, far: Progress, today: date) -> RunRow:
    kind = "Se revisa antes" if run.reviewed else "Automática"
    return RunRow(run, "Hoy" if run.day == today else short(run.day), kind, far, run_pill(run, far, today))


def _leave(request: HttpRequest, found: BillingRun) -> HttpResponse:
    ids = [int(one) for one in request.POST.getlist("id")[:MOST] if one.isascii() and one.isdigit() and len(one) < 19]
    if not ids:
        messages.error(request, "Marca en la lista a quién dejas para otro día.")
        return redirect(address(request, "billing_run", found.pk))
    try:
        count = leave_out(run_id=found.pk, customer_ids=ids, now=now())
    except RunChanged as why:
        messages.error(request, str(why))
    else:
        one = "1 cliente queda" if count == 1 else f"{count} clientes quedan"
        messages.success(request, f"{one} para la revisión de mañana. Lo demás sigue aquí.")
    return redirect(address(request, "billing_run", found.pk))


def _review(request: HttpRequest, found: BillingRun) -> dict[str, Any] | None:
    """The customers of one batch of a run that waits, and the numbers of the others."""
    if found.state != RunState.REVIEW:
        return None
    batches = list(found.batches.order_by("number").values_list("number", flat=True))
    typed = request.GET.get("parte", "")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else 0
    if number not in batches:
        number = batches[0] if batches else 0
    rows: Iterable[ReviewRow] = review_of(run_id=found.pk, number=number, today=found.day)
    return {"rows": rows, "batches": batches, "number": number}


def _parked_that_day(found: BillingRun) -> Any:
    if found.began_at is None:
        return []
    rows = Parking.objects.open().filter(parked_at__gte=found.began_at).select_related("customer")
    if found.done_at is not None:
        rows = rows.filter(parked_at__lte=found.done_at)
    return rows.order_by("-id")[:20]


def _seen(found: BillingRun) -> str:
    return f"{found.customers}:{found.foretold}:{found.foretold_total:.2f}"


def _today() -> date:
    return now().astimezone(office_zone()).date()
