"""Your data (V2)."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from amate.fiscal.rfc import GENERIC_EXTRANJERO
from amate.invoices.models import RefusedBy, State
from amate.invoices.refusals import meaning_of
from amate.self_invoicing.remind_expiry import may_be_reminded
from amate.self_invoicing.rules import Standing
from amate.self_invoicing.tallies import GIVEN, reach, stopped
from amate.web.fiscal_form import FiscalForm, as_typed, is_generic
from amate.web.portal.divide import may_divide
from amate.web.portal.foreign import is_foreigner
from amate.web.portal.offer_constancia import ConstanciaForm
from amate.web.portal.page import page
from amate.web.portal.visit import Here, Place, only_at


@require_http_methods(["GET", "HEAD", "POST"])
@only_at(Place.DETAILS)
def details(request: HttpRequest, here: Here) -> HttpResponse:
    if request.method != "POST":
        foreigner = is_foreigner(here.visit.fiscal)
        if foreigner and request.GET.get("con") != "rfc":  # wherever he is led from, to mend what he typed there
            return redirect(here.shop.url("foreign"))
        return draw_details(request, here, form_of(here, {}).quiet() if foreigner else _as_left(here))
    form = form_of(here, request.POST)
    if request.POST.get("nota", here.mark) != here.mark:
        return draw_details(request, here, form.quiet(), other_note=True)
    if form.is_valid():
        _keep(here, {**as_typed(request.POST), "correo": form.cleaned_data["correo"]})
        reach(here.visit, GIVEN, branch_id=here.ticket.branch_id, now=here.now)
        return redirect(here.shop.url("review"))
    if is_generic(form.data["rfc"]):
        return _generic(request, here, form)
    return draw_details(request, here, form)


@require_POST
@only_at(Place.DETAILS)
def fiscal(request: HttpRequest, here: Here) -> HttpResponse:
    """The choices that depend on the RFC and the regime, for htmx; a whole page's 422 shows the same ones."""
    form = form_of(here, request.POST).quiet()
    return page(request, "fiscal", shop=here.shop, form=form, live=True)


def offered_usos(here: Here) -> Collection[str] | None:
    """The uses that the company offers today; None for all that the SAT accepts."""
    return (here.policy.usos or None) if here.policy else None


def _as_left(here: Here) -> FiscalForm:
    """What was typed before; if the SAT refused it, with its reason on the field."""
    form = form_of(here, here.visit.fiscal)
    refused = here.visit.invoice
    if refused is None or refused.state != State.REFUSED or refused.refused_by != RefusedBy.RECEIVER:
        return form.quiet()
    stopped(here.visit, "X12", branch_id=here.ticket.branch_id, now=here.now)
    meaning = meaning_of(refused.refusal_code)
    form.lands_on(meaning.field, meaning.message)
    return form


def form_of(here: Here, typed: Any) -> FiscalForm:
    favoured = here.policy.default_uso if here.policy else ""
    return FiscalForm(typed, offered=offered_usos(here), refresh=here.shop.url("fiscal"), favoured=favoured)


def _keep(here: Here, typed: dict[str, str]) -> None:
    here.visit.fiscal = typed
    here.visit.invoice = None
    here.visit.seen_at = here.now
    here.visit.save(update_fields=["fiscal", "invoice", "seen_at"])


def _generic(request: HttpRequest, here: Here, form: FiscalForm) -> HttpResponse:
    """X13. The rest of what was typed waits for the right RFC."""
    foreign = form.data["rfc"] == GENERIC_EXTRANJERO
    stopped(here.visit, "X13", branch_id=here.ticket.branch_id, now=here.now)
    _keep(here, {**as_typed(request.POST), "rfc": ""})
    return page(request, "generic", shop=here.shop, status=422, foreign=foreign, purchase=here.purchase)


def draw_details(
    request: HttpRequest,
    here: Here,
    form: FiscalForm,
    *,
    other_note: bool = False,
    constancia: ConstanciaForm | None = None,
    read: str = "",
) -> HttpResponse:
    """`constancia`: the field for one, with what was wrong; `read`: what to tell whoever's was read."""
    troubled = bool(form.errors or (constancia and constancia.errors))
    return page(
        request,
        "details",
        shop=here.shop,
        status=409 if other_note else 422 if troubled else 200,
        form=form,
        constancia=constancia or ConstanciaForm(auto_id="%s"),
        read=read,
        trouble=troubled,
        mark=here.mark,
        other_note=here.ticket.folio if other_note else "",
        cancelled=_cancelled(here),
        may_be_reminded=may_be_reminded(here.ticket, now=here.now),
        may_divide=may_divide(here),
        after_global=here.standing is Standing.AFTER_GLOBAL,
        purchase=here.purchase,
    )


def _cancelled(here: Here) -> str:
    """The number of the invoice that this buyer had, and that the shop has cancelled since; empty without one."""
    had = here.visit.invoice
    return str(had.number) if had is not None and had.state == State.CANCELLED else ""
