"""What a buyer asked for in the portal and a person gives: a correction beyond the limits, an expired note opened again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from amate.access.may import MAY_CANCEL, MAY_HOLD
from amate.help.approve import NothingAsked, approve_case, let_in
from amate.help.models import Case
from amate.papers.dates import in_full
from amate.self_invoicing.correct import NotCorrectable
from amate.self_invoicing.models import Correction
from amate.self_invoicing.reopen import NotReopened
from amate.tenancy.models import IllegalMove
from amate.web.addresses import portal_url
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.backoffice.rows import Pill
from amate.web.clock import now

MEANWHILE = "No se hizo: alguien cambió este mensaje hace un momento. Así está ahora."
HOURS = ((24, "24 horas"), (72, "3 días"), (168, "una semana"))
PILLS = {
    Correction.State.ASKED: Pill("Por aprobar", "bad"),
    Correction.State.MADE: Pill("Hecha", "ok"),
    Correction.State.REJECTED: Pill("No se hizo", ""),
}


@require_POST
def approve(request: HttpRequest, slug: str, case_id: int) -> HttpResponse:
    require(request, MAY_CANCEL)
    found = _find(case_id)
    try:
        approve_case(case_id=found.pk, by=request.user.get_username(), now=now())
    except (NotCorrectable, NothingAsked) as refused:
        messages.error(request, str(refused))
    except IllegalMove:
        messages.error(request, MEANWHILE)
    else:
        messages.success(request, "Emitimos la corregida. En cuanto esté timbrada pedimos cancelar la anterior.")
    return redirect(address(request, "case", found.pk))


@require_POST
def let_in_again(request: HttpRequest, slug: str, case_id: int) -> HttpResponse:
    require(request, MAY_HOLD)
    found, asked = _find(case_id), request.POST.get("horas", "")
    hours = next((hours for hours, _ in HOURS if str(hours) == asked), None)
    if hours is None:
        messages.error(request, "Elige por cuánto tiempo se reabre.")
        return redirect(address(request, "case", found.pk))
    portal = portal_url(request.company)  # type: ignore[attr-defined]
    try:
        until = let_in(case_id=found.pk, hours=hours, portal=portal, by=request.user.get_username(), now=now())
    except (NotReopened, NothingAsked) as refused:
        messages.error(request, str(refused))
    except IllegalMove:
        messages.error(request, MEANWHILE)
    else:
        told = "Le avisamos por correo." if found.correo else f"Llámale al {found.telefono}."
        messages.success(request, f"Puede facturarla en el portal hasta el {in_full(until)}. {told}")
    return redirect(address(request, "case", found.pk))


def _find(case_id: int) -> Case:
    found: Case | None = Case.objects.select_related("ticket__branch").filter(pk=case_id).first()
    if found is None:
        raise Http404
    return found
