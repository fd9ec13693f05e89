"""Diferencias con el SAT: what the nightly look found, each with what the SAT said and what to do."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from amate.access.may import MAY_CANCEL
from amate.invoices.follow_outside import NothingToFollow, follow_outside
from amate.invoices.models import Differs, SatDifference
from amate.web.backoffice.attention import ToDo
from amate.web.backoffice.one_document import find_document
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import invoice_pill
from amate.web.clock import now

SHOWN = 100
WHAT_TO_DO = {
    Differs.NOT_FOUND: "El PAC la timbró y no aparece en el SAT. Pregúntale a tu PAC por su folio fiscal.",
    Differs.CANCELLED_THERE: "Alguien la canceló fuera de Amate, quizá en el portal del SAT. Regístralo para que tus cuentas cuadren.",
    Differs.ASKED_THERE: "Alguien pidió cancelarla fuera de Amate y el receptor aún no responde. Regístralo y la seguimos.",
    Differs.LIVE_THERE: "Aquí está cancelada y para el SAT vale. Compárala con el acuse, y pregúntale a tu PAC.",
    Differs.UNREADABLE: "El SAT no reconoce la combinación de RFC, total y sello. Compara su XML en el portal del SAT.",
}
OURS_TO_FOLLOW = (Differs.CANCELLED_THERE, Differs.ASKED_THERE)


@require_safe
def differences(request: HttpRequest, slug: str) -> HttpResponse:
    found = SatDifference.objects.lasting().select_related("invoice__branch").order_by("pk")[:SHOWN]
    return show(
        request,
        "office/differences.html",
        room="invoices",
        zone=office_zone(),
        rows=[
            (one, invoice_pill(one.invoice), WHAT_TO_DO[Differs(one.kind)], one.kind in OURS_TO_FOLLOW) for one in found
        ],
        may_act=may(request, MAY_CANCEL),
    )


@require_POST
def follow(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    require(request, MAY_CANCEL)
    found = find_document(invoice_id)
    try:
        follow_outside(invoice_id=found.pk, asked_by=request.user.get_username(), now=now())
    except NothingToFollow as why:
        messages.info(request, str(why))
    else:
        messages.success(request, "Le preguntamos al SAT: en un minuto verás aquí en qué quedó.")
    return redirect(address(request, "invoice", found.pk) + "#t-cancel")


def differing(request: HttpRequest) -> list[ToDo]:
    """For Inicio."""
    count = SatDifference.objects.lasting()[:SHOWN].count() if may(request, MAY_CANCEL) else 0
    if not count:
        return []
    text = "El SAT dice otra cosa de 1 factura" if count == 1 else f"El SAT dice otra cosa de {count} facturas"
    why = "Se halló al comparar algunas cada noche"
    return [ToDo("bad", "i-stop", text, why, "Ver", address(request, "differences"))]
