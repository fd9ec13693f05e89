"""Issuing (V4), and what it becomes when the PAC is away (V7) or the fault is ours (X15)."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.invoices.models import Invoice, State
from amate.promises.models import Promise
from amate.self_invoicing.request_folio import request_folio
from amate.self_invoicing.rules import Standing
from amate.self_invoicing.tallies import stopped
from amate.tenancy.compiled import Arg, Compiled
from amate.web.portal.language import in_full
from amate.web.portal.page import page
from amate.web.portal.visit import Here, Place, only_at

PATIENCE = timedelta(seconds=60)
STOPS = {"waiting": "X14", "held": "X15"}
UNCHANGED = 204  # htmx swaps nothing, so a screen reader is not told the same again
# Its stamp waits for the shop: no CSD, no credits, a key that does not open, a defect. Asked every two seconds.
_STUCK = Compiled(lambda: Promise.objects.for_a_person().filter(key=Arg("key")).only("id"))


@require_safe
@only_at(Place.ISSUING)
def issuing(request: HttpRequest, here: Here) -> HttpResponse:
    invoice = here.invoice
    assert invoice is not None  # Place.ISSUING says so
    phase = _phase(here, invoice)
    if phase in STOPS:
        stopped(here.visit, STOPS[phase], branch_id=here.ticket.branch_id, now=here.now)
    if request.htmx and request.GET.get("fase") == phase:  # type: ignore[attr-defined]
        return HttpResponse(status=UNCHANGED)
    return page(
        request,
        "progress" if request.htmx else "issuing",  # type: ignore[attr-defined]
        shop=here.shop,
        phase=phase,
        sealed=phase == "sealed",
        request_folio=request_folio(invoice.pk),
        since=in_full(invoice.created_at.astimezone(here.zone)),
        correo=invoice.correo,
        purchase=here.purchase,
    )


def _phase(here: Here, invoice: Invoice) -> str:
    """A fault of ours is told as ours from the first moment; that the SAT is slow, only when it is."""
    if here.standing is Standing.HELD_BY_US or _STUCK.first(key=f"stamp:{invoice.pk}"):
        return "held"
    if here.now - invoice.created_at >= PATIENCE:
        return "waiting"
    return "draft" if invoice.state == State.DRAFT else "sealed"
