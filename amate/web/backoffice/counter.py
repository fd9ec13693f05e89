"""Mostrador: the invoice of a note for the customer who stands there, with the same code and the same states."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from amate.access.may import MAY_ISSUE, MAY_RESEND, MAY_SEE_CODES, MAY_SELL
from amate.desk.keep_draft import BUYERS_DATA
from amate.fiscal.clock import zone_of
from amate.invoices.models import ON_THE_WAY, Invoice, Origin, RefusedBy, State
from amate.invoices.refusals import meaning_of
from amate.papers.dates import in_full
from amate.promises.models import Promise
from amate.self_invoicing.claim import CANNOT_ISSUE, CannotIssue, NotClaimable, claim_ticket
from amate.self_invoicing.codes import read_code
from amate.self_invoicing.leave_global import NotLawful, why_not_left
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.queries import begins, live_invoice, stand_of, ticket_of_code, tickets_in, tickets_of_invoice
from amate.self_invoicing.rules import Standing
from amate.self_invoicing.terms import terms_of_ticket
from amate.self_invoicing.what_remains import refunded
from amate.web.backoffice.drafted import Drafted, PageDraft, draft_of
from amate.web.backoffice.generic_receiver import (
    OWN,
    GenericReceiver,
    anybody,
    anybody_as_typed,
    look_up_anybody,
    typed_anybody,
)
from amate.web.backoffice.invoices import ResendForm
from amate.web.backoffice.page import address, show
from amate.web.backoffice.receiver_form import ReceiverForm, is_another
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import ticket_rows
from amate.web.backoffice.tickets import find_ticket
from amate.web.clock import now
from amate.web.fiscal_form import FIELDS

Receiver = ReceiverForm | GenericReceiver

FOUND = 20
PATIENCE = timedelta(seconds=60)
UNCHANGED = 204  # htmx swaps nothing
SHOWN_HERE = ON_THE_WAY | {State.STAMPED, State.REFUSED}
# Why a note cannot be invoiced even here, and the way out.
WAY_OUT = {
    Standing.INVOICED: "Esta nota ya está facturada: aquí está su factura.",
    Standing.IN_GLOBAL: "Esta nota está en una factura global y todavía no puede salir de ella.",
    Standing.ISSUING: "Esta nota ya se está facturando: aquí ves cómo va.",
    Standing.HELD_BY_US: "La factura de esta nota espera a que se corrija: ábrela en Facturas y reintenta.",
    Standing.VOID: "Esta nota está cancelada: si la venta sí existió, captúrala otra vez.",
    Standing.SPLIT: "Esta nota se dividió: factura la parte que toca; están en su página.",
    Standing.LOCKED: "Esta nota está bloqueada: desbloquéala primero, o pide a quien la bloqueó que lo haga.",
}
LEAVES = "Está en una factura global: al emitir sale de ella con una nota de crédito, que hacemos sin que la pidas"
# What the portal would say, passed over at the counter and told in the audit.
ALTHOUGH = {
    Standing.EXPIRED: "El plazo del portal ya terminó",
    Standing.PORTAL_OFF: "El portal está cerrado",
    Standing.NOT_OFFERED: "Esta venta no se factura en el portal",
    Standing.IN_GLOBAL: LEAVES,
    Standing.AFTER_GLOBAL: LEAVES,
}

# Whom it is for belongs to somebody else, so it is forgotten sooner (`keep_draft`), and once the note is invoiced.
RECEIVER = Drafted(
    BUYERS_DATA,
    page="counter_note",
    roles=MAY_SELL,
    fields=frozenset({*FIELDS, *OWN, "detalle"}),
    tells=frozenset({"rfc", "nombre", "cp", "correo"}),
    of_a_thing=True,
)


@require_safe
def counter(request: HttpRequest, slug: str) -> HttpResponse:
    text, moment = request.GET.get("q", "").replace("\x00", "").strip()[:300], now()
    exact = _scanned(text)
    if exact is not None and may(request, MAY_SELL):
        return redirect(address(request, "counter_note", exact.pk))
    sees = may(request, MAY_SEE_CODES)
    found = list(tickets_in().filter(begins(text, part_of_code=sees))[:FOUND]) if text else []
    if len(found) == 1 and found[0].folio == text and may(request, MAY_SELL):
        return redirect(address(request, "counter_note", found[0].pk))
    return show(
        request,
        "office/counter.html",
        room="counter",
        text=text,
        rows=ticket_rows(found, now=moment, sees_codes=sees),
        may_sell=may(request, MAY_SELL),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, slug: str, ticket_id: int) -> HttpResponse:
    require(request, MAY_SELL)
    ticket, moment = find_ticket(ticket_id), now()
    document = live_invoice(ticket)
    standing, rules = stand_of(ticket, now=moment, invoice=document)
    if standing in WAY_OUT and not _may_leave(ticket, standing, document):
        return _elsewhere(request, ticket, standing)
    if rules is not None and rules.issuing_suspended:  # said before anybody types
        messages.error(request, CANNOT_ISSUE)
        return redirect(address(request, "ticket", ticket.pk))
    draft = draft_of(request, RECEIVER, ticket.pk)
    form, known = _receiver(request, ticket, draft)
    if request.method == "POST" and request.POST.get("accion") == "emitir" and not is_another(request.POST):
        form, known = anybody(typed_anybody(request.POST), cp=ticket.branch.cp), ""
        if form.is_valid():
            draft.drop()
            return issue(request, ticket, form, moment=moment)
    return show(
        request,
        "office/counter_note.html",
        room="counter",
        zone=zone_of(ticket.branch.cp),
        status=422 if form.errors else 200,
        ticket=ticket,
        deadline=in_full(ticket.deadline.astimezone(zone_of(ticket.branch.cp))),
        although=ALTHOUGH.get(standing, ""),
        form=form,
        known=known,
        asked_rfc=bool(form.data["rfc"]) and "rfc" not in form.errors,
        draft=draft,
        terms=terms_of_ticket(ticket, rules=rules, rfc=str(form.data["rfc"])),
        remaining=ticket.total - refunded(ticket),
    )


def _may_leave(ticket: Ticket, standing: Standing, document: Invoice | None) -> bool:
    """Its global lets it go, whatever the portal would say."""
    return standing is Standing.IN_GLOBAL and document is not None and not why_not_left(ticket, document)


def issue(request: HttpRequest, ticket: Ticket, form: Receiver, *, moment: datetime) -> HttpResponse:
    """Claim the note for this receiver. `form` is valid."""
    assert form.receptor is not None
    try:
        invoice = claim_ticket(
            ticket_id=ticket.pk,
            receptor=form.receptor.receptor,
            correo=form.cleaned_data["correo"],
            origin=Origin.COUNTER,
            detailed=request.POST.get("detalle") == "1",
            now=moment,
        )
    except NotClaimable as refused:  # another hand was faster since the page was drawn
        return _elsewhere(request, ticket, refused.standing)
    except NotLawful as refused:
        transaction.set_rollback(True)  # both documents or none
        messages.error(request, f"No se puede sacar de la global: {refused}")
        return redirect(address(request, "ticket", ticket.pk))
    except CannotIssue as suspended:
        messages.error(request, str(suspended))
        return redirect(address(request, "ticket", ticket.pk))
    return redirect(address(request, "counter_result", invoice.pk))


@require_safe
def result(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    """How the stamp goes: asks by itself every two seconds, and reloading works as well."""
    found: Invoice | None = Invoice.objects.select_related("branch").filter(pk=invoice_id).first()
    if found is None:
        raise Http404
    if found.state not in SHOWN_HERE:  # it was stamped, and has a story since
        return redirect(address(request, "invoice", found.pk))
    stuck: Promise | None = Promise.objects.for_a_person().filter(key=f"stamp:{found.pk}").first()
    phase = _phase(found, stuck=stuck is not None, now=now())
    if request.htmx and request.GET.get("fase") == phase:  # type: ignore[attr-defined]
        return HttpResponse(status=UNCHANGED)
    facts: dict[str, Any] = {
        "phase": phase,
        "invoice": found,
        "ticket": next(iter(tickets_of_invoice(found.pk)), None),
        "why": meaning_of(found.refusal_code).message if phase == "refused" else _ours(found, stuck),
        "may_resend": phase == "done" and may(request, MAY_RESEND),
        "may_sell": may(request, MAY_SELL),
        "may_issue": may(request, MAY_ISSUE),
        "send": ResendForm.for_invoice(found),
    }
    template = "office/counter_progress.html" if request.htmx else "office/counter_result.html"  # type: ignore[attr-defined]
    return show(request, template, room="counter", zone=zone_of(found.branch.cp), **facts)


def _phase(found: Invoice, *, stuck: bool, now: datetime) -> str:
    if found.state == State.STAMPED:
        return "done"
    if found.state == State.REFUSED:
        return "refused" if found.refused_by == RefusedBy.RECEIVER else "held"
    if stuck:
        return "held"
    return "waiting" if now - found.created_at >= PATIENCE else "going"


def _ours(found: Invoice, stuck: Promise | None) -> str:
    """What the company must mend: the SAT's refusal, or what the stamp waits for."""
    return found.refusal if found.state == State.REFUSED or stuck is None else stuck.last_error


def _scanned(text: str) -> Ticket | None:
    """The note of a code, or of a QR that a scanner typed; on a Spanish keyboard it comes with other signs."""
    for part in (text, *re.split(r"[^0-9A-Za-z]+", text)):
        code = read_code(part)
        if code and (found := ticket_of_code(code)):
            return found
    return None


def _receiver(request: HttpRequest, ticket: Ticket, draft: PageDraft) -> tuple[Receiver, str]:
    if request.method == "POST":
        return look_up_anybody(typed_anybody(request.POST), cp=ticket.branch.cp)
    if draft.typed is not None:
        return anybody(typed_anybody(draft.typed), cp=ticket.branch.cp).quiet(), ""
    own = Claim.objects.select_related("invoice__profile__customer").filter(ticket=ticket, invoice__isnull=False)
    claim = own.order_by("-id").first()
    last = claim.invoice if claim else None
    if last is None or last.state != State.REFUSED or last.refused_by != RefusedBy.RECEIVER:
        return ReceiverForm({}).quiet(), ""
    form = anybody(anybody_as_typed(last.profile, correo=last.correo), cp=ticket.branch.cp)
    meaning = meaning_of(last.refusal_code)
    form.lands_on(meaning.field, meaning.message)
    return form, ""


def _elsewhere(request: HttpRequest, ticket: Ticket, standing: Standing) -> HttpResponse:
    """The page where a note stands that cannot be invoiced here."""
    invoice = live_invoice(ticket)
    why_not = why_not_left(ticket, invoice) if standing is Standing.IN_GLOBAL and invoice is not None else ""
    messages.info(request, why_not or WAY_OUT[standing])
    if invoice is not None and standing in (Standing.INVOICED, Standing.ISSUING):
        return redirect(address(request, "counter_result", invoice.pk))
    return redirect(address(request, "ticket", ticket.pk))
