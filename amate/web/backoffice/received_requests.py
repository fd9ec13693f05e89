"""Cancellations that others ask of our company as receiver: each with its last day, answered yes or no by a person."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from amate.access.may import MAY_CANCEL
from amate.invoices.answer_cancellation import NotPending, answer_by, answer_cancellation
from amate.invoices.models import ReceivedRequest
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import may, require
from amate.web.clock import now

SHOWN = 100


@require_safe
def requests(request: HttpRequest, slug: str) -> HttpResponse:
    rows = ReceivedRequest.objects.order_by("-pk")[:SHOWN]
    return show(
        request,
        "office/received_requests.html",
        room="invoices",
        zone=office_zone(),
        rows=[(one, answer_by(one) if one.state == ReceivedRequest.State.PENDING else None) for one in rows],
        may_answer=may(request, MAY_CANCEL),
    )


@require_POST
def answer(request: HttpRequest, slug: str, request_id: int) -> HttpResponse:
    require(request, MAY_CANCEL)
    if not ReceivedRequest.objects.filter(pk=request_id).exists():
        raise Http404
    said = request.POST.get("respuesta")
    if said not in ("si", "no"):
        messages.error(request, "Elige si aceptas o rechazas la cancelación.")
        return redirect(address(request, "received_requests"))
    try:
        answer_cancellation(
            request_id=request_id, accepts=said == "si", decided_by=request.user.get_username(), now=now()
        )
    except NotPending as late:
        messages.error(request, str(late))
    else:
        messages.success(request, "Enviamos tu respuesta al SAT. Aquí verás cuando la reciba.")
    return redirect(address(request, "received_requests"))
