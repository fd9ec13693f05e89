"""Ayuda a clientes: what visitors of the portal wrote, with the visit each came from; who answered and who closed it."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from amate.access.may import MAY_ANSWER, MAY_CANCEL, MAY_HOLD
from amate.desk.case_list import CASES, SUBJECTS
from amate.fiscal.clock import zone_of
from amate.fiscal.receptor import Receptor
from amate.help.answer import answer_case
from amate.help.close import close_case, reopen_case
from amate.help.models import Case
from amate.invoices.cancel import plan_for
from amate.invoices.models import Invoice, Motivo
from amate.messages.models import Message
from amate.self_invoicing.models import Correction, Ticket, Visit
from amate.self_invoicing.queries import live_invoice, state_of
from amate.tenancy.models import IllegalMove
from amate.web.backoffice.granted import HOURS, PILLS
from amate.web.backoffice.lists import around, page_of, read
from amate.web.backoffice.mails import delivery
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import Pill, ticket_pill
from amate.web.backoffice.undo import offer_undo
from amate.web.beside import beside
from amate.web.clock import now

LONGEST = 2000
TONES = {Case.State.OPEN: "bad", Case.State.ANSWERED: "ok", Case.State.CLOSED: ""}
# What a visitor has typed and not sent yet, as the page calls it.
TYPED = {
    "rfc": "RFC",
    "nombre": "Nombre",
    "cp": "Código postal",
    "regimen_fiscal": "Régimen fiscal",
    "uso_cfdi": "Uso del CFDI",
}
MEANWHILE = "No se guardó: alguien cambió este mensaje hace un momento. Así está ahora."


class AnswerForm(forms.Form):
    respuesta = forms.CharField(
        label="Tu respuesta",
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 5}),
        error_messages={
            "required": "Escribe qué le respondes",
            "max_length": f"Escríbela más corta: caben {LONGEST} letras",
        },
    )


@require_safe
def cases(request: HttpRequest, slug: str) -> HttpResponse:
    asked = read(request, CASES)
    page = page_of(asked, request)
    return show(
        request,
        "office/cases.html",
        room="cases",
        rows=[(one, _pill(one), SUBJECTS.get(one.subject, "")) for one in page.rows],
        page=page,
        list=around(request, asked),
    )


@require_safe
def case(request: HttpRequest, slug: str, case_id: int) -> HttpResponse:
    return _show(request, _find(case_id), AnswerForm())


@require_POST
def answer(request: HttpRequest, slug: str, case_id: int) -> HttpResponse:
    require(request, MAY_ANSWER)
    found, form = _find(case_id), AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    text = form.cleaned_data["respuesta"]
    try:
        answer_case(case_id=found.pk, text=text, by=_who(request), now=now())
    except IllegalMove:
        messages.error(request, MEANWHILE)
        return _show(request, _find(case_id), form, status=409)
    told = "Le enviamos tu respuesta por correo." if found.correo else "Anotamos tu respuesta."
    messages.success(request, told)
    return redirect(address(request, "case", found.pk))


@require_POST
def close(request: HttpRequest, slug: str, case_id: int) -> HttpResponse:
    require(request, MAY_ANSWER)
    found = _find(case_id)
    try:
        close_case(case_id=found.pk, by=_who(request), now=now())
    except IllegalMove:
        messages.info(request, "Ya estaba cerrado.")
    else:
        offer_undo(request, "Lo cerramos.", url=address(request, "case_reopen", found.pk))
    return redirect(address(request, "case", found.pk))


@require_POST
def reopen(request: HttpRequest, slug: str, case_id: int) -> HttpResponse:
    require(request, MAY_ANSWER)
    found = _find(case_id)
    try:
        reopen_case(case_id=found.pk, now=now())
    except IllegalMove:
        messages.info(request, "Ya estaba abierto.")
    return redirect(address(request, "case", found.pk))


def _who(request: HttpRequest) -> str:
    return str(request.user.email)  # type: ignore[union-attr]


def _find(case_id: int) -> Case:
    rows = Case.objects.select_related(
        "ticket__branch", "visit__invoice", "correction__invoice__profile", "correction__substitute"
    ).filter(pk=case_id)
    found: Case | None = rows.first()
    if found is None:
        raise Http404
    return found


def _show(request: HttpRequest, found: Case, form: AnswerForm, *, status: int = 200) -> HttpResponse:
    moment, ticket, asked = now(), found.ticket, found.correction
    state = "" if ticket is None else state_of(ticket, invoice=live_invoice(ticket), now=moment)
    waits = asked is not None and asked.state == Correction.State.ASKED
    mail = Message.objects.filter(about=f"case:{found.pk}").order_by("-id").first()
    return show(
        request,
        "office/case.html",
        room="cases",
        status=status,
        case=found,
        pill=_pill(found),
        subject=SUBJECTS.get(found.subject, ""),
        ticket=ticket,
        ticket_pill=ticket_pill(state) if state else None,
        correction=asked,
        correction_pill=PILLS[Correction.State(asked.state)] if asked else None,
        beside=beside(asked.invoice.profile.receptor, Receptor(**asked.receptor)) if asked and waits else [],
        warnings=_consequences(asked.invoice, moment) if asked and waits else [],
        may_cancel=may(request, MAY_CANCEL),
        may_hold=may(request, MAY_HOLD),
        expired=state == "expired",
        last_year=ticket is not None and local(ticket, ticket.sold_at).year < local(ticket, moment).year,
        let_in=HOURS,
        typed=_typed(found.visit),
        mail=mail,
        mail_pill=delivery(mail).pill if mail else None,
        may_answer=may(request, MAY_ANSWER),
        form=form,
    )


def _consequences(invoice: Invoice, moment: datetime) -> list[str]:
    """Of ending the old one: who must accept it, and what hangs on it."""
    plan = plan_for(invoice=invoice, motivo=Motivo.ERRORS, now=moment)
    return [*(step.why for step in plan.steps if step.act == "cancel"), *plan.warnings]


def local(ticket: Ticket, moment: datetime) -> datetime:
    return moment.astimezone(zone_of(ticket.branch.cp))


def _typed(visit: Visit | None) -> list[tuple[str, Any]]:
    typed = visit.fiscal if visit else {}
    return [(label, typed[name]) for name, label in TYPED.items() if typed.get(name)]


def _pill(one: Case) -> Pill:
    return Pill(one.get_state_display(), TONES[Case.State(one.state)])
