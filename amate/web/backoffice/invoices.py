"""Facturas: the list with state and origin, and one invoice with everything that happened to it."""

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from amate.access.may import MAY_CANCEL, MAY_EXPORT, MAY_ISSUE, MAY_RESEND, MAY_RETRY, MAY_SEAL_ANEW, MAY_TAKE_FILES
from amate.desk.invoice_list import INVOICES
from amate.fiscal.catalogs import name_of
from amate.fiscal.clock import zone_of
from amate.fiscal.xml import parse
from amate.invoices.deliver import resend_invoice
from amate.invoices.links import revoke_links
from amate.invoices.models import DownloadLink, Invoice, Kind, Origin, RefusedBy, Sealing, Stamp, State
from amate.invoices.pdf import pdf_of
from amate.invoices.refusals import staff_advice
from amate.invoices.stamp import may_seal_anew, seal_anew
from amate.papers import facts
from amate.papers.language import in_spanish
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.models import Promise
from amate.running.pacs_heard import NAMES
from amate.self_invoicing.queries import tickets_of_invoice
from amate.self_invoicing.request_folio import request_folio
from amate.tenancy.models import IllegalMove
from amate.web.backoffice.invoice_life import life_of
from amate.web.backoffice.lists import around, page_of, read
from amate.web.backoffice.mails import deliveries_of
from amate.web.backoffice.moving import moved_of
from amate.web.backoffice.one_document import find_document
from amate.web.backoffice.page import address, show
from amate.web.backoffice.pending import PendingRow, pending_row
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import invoice_pill, invoice_rows
from amate.web.backoffice.unpaid import unpaid_of
from amate.web.backoffice.wish import wish_field
from amate.web.clock import now
from amate.web.files import paper_language, pdf_response, xml_response
from amate.web.mail_address import MailField
from amate.web.sends import OFFICE, SENT_TOO_OFTEN, count_send, sends_must_wait

logger = logging.getLogger(__name__)


class ResendForm(forms.Form):
    correo = MailField(
        label="Enviarla a este correo",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Escribe a qué correo la enviamos"},
    )
    clave = wish_field(required=False)

    @classmethod
    def for_invoice(cls, invoice: Invoice) -> "ResendForm":
        """Empty but for its mail; each time it is shown it is another wish."""
        return cls(initial={"correo": invoice.correo, "clave": uuid4().hex})


@require_safe
def invoices(request: HttpRequest, slug: str) -> HttpResponse:
    asked = read(request, INVOICES)
    page = page_of(asked, request)
    return show(
        request,
        "office/invoices.html",
        room="invoices",
        rows=invoice_rows(page.rows),
        page=page,
        list=around(request, asked),
        may_take_month=may(request, MAY_TAKE_FILES),
        may_issue=may(request, MAY_ISSUE),
    )


@require_safe
def invoice(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    found = find_document(invoice_id)
    return _show(request, found, ResendForm.for_invoice(found))


@require_POST
def resend(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    require(request, MAY_RESEND)
    found = find_document(invoice_id)
    if found.state != State.STAMPED:
        raise Http404
    form = ResendForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    moment, to, about = now(), form.cleaned_data["correo"], f"invoice:{found.pk}"
    if sends_must_wait(OFFICE, about, now=moment):
        form.add_error("correo", SENT_TOO_OFTEN)
        return _show(request, found, form, status=422)
    resend_invoice(invoice_id=found.pk, to=to, priority=SOMEBODY_WAITS, now=moment, wish=form.cleaned_data["clave"])
    count_send(request, OFFICE, about, now=moment)
    messages.success(request, f"La enviamos a {to}. Abajo verás cuando salga.")
    return redirect(address(request, "invoice", found.pk) + "#correos")


@require_POST
def take_back_links(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    require(request, MAY_RESEND)
    found = find_document(invoice_id)
    if revoke_links(invoice_id=found.pk, now=now()):
        messages.success(request, "Los enlaces enviados ya no abren esta factura. Si la reenvías, llevará otro.")
    else:
        messages.info(request, "No había ningún enlace que retirar.")
    return redirect(address(request, "invoice", found.pk) + "#correos")


@require_POST
def seal_again(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    """DECISIONS C9: only who says that he looked at the PAC's list may."""
    require(request, MAY_SEAL_ANEW)
    found, moment = find_document(invoice_id), now()
    if request.POST.get("revisado") != "1":
        messages.error(request, "Antes de sellar de nuevo, busca la factura en el listado del PAC y marca la casilla.")
        return redirect(address(request, "invoice", found.pk) + "#t-lost")
    try:
        seal_anew(invoice_id=found.pk, now=moment)
    except IllegalMove:
        messages.info(request, "Ya no hacía falta: la factura cambió mientras tanto.")
    else:
        logger.warning("sealed anew by a person", extra={"invoice": found.pk, "user": request.user.pk})
        messages.success(request, "La sellamos de nuevo y la mandamos al PAC. Actualiza la página para ver cómo quedó.")
    return redirect(address(request, "invoice", found.pk))


@require_safe
def xml(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    stamp = _stamp(invoice_id)
    return xml_response(bytes(stamp.xml), name=f"{stamp.uuid}.xml")


@require_safe
def pdf(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    stamp = _stamp(invoice_id)
    return pdf_response(pdf_of(stamp, lang=paper_language(request)), name=f"{stamp.uuid}.pdf")


def _stamp(invoice_id: int) -> Stamp:
    found: Stamp | None = Stamp.objects.select_related("invoice").filter(invoice_id=invoice_id).first()
    if found is None:
        raise Http404
    return found


def _show(request: HttpRequest, found: Invoice, form: ResendForm, status: int = 200) -> HttpResponse:
    moment = now()
    stamp: Stamp | None = Stamp.objects.filter(invoice=found).first()
    sealings = list(Sealing.objects.filter(invoice=found).order_by("-id"))
    sealed = next((one for one in sealings if one.superseded_at is None), None)
    failing = Promise.objects.failing().filter(args__invoice_id=found.pk).order_by("-id")
    return show(
        request,
        "office/invoice.html",
        room="invoices",
        status=status,
        zone=zone_of(found.branch.cp),
        invoice=found,
        pill=invoice_pill(found),
        facts=_facts(found),
        stamp=stamp,
        sample=found.sample,
        sealings=sealings,
        **(_concepts(bytes(sealed.xml)) if sealed else {}),
        moves=_moves(found),
        deliveries=deliveries_of(f"invoice:{found.pk}", kind="deliver", invoice_id=found.pk),
        tickets=tickets_of_invoice(found.pk),
        pac=NAMES.get(stamp.pac, stamp.pac) if stamp else "",
        advice=_advice(found),
        pending=[_pending(one, found, now=moment) for one in failing],
        may_retry=may(request, MAY_RETRY),
        lost=may_seal_anew(found, now=moment),
        may_seal_anew=may(request, MAY_SEAL_ANEW),
        links=DownloadLink.objects.standing().filter(invoice=found).count(),
        request_folio=request_folio(found.pk),
        lists_notes=found.kind == Kind.GLOBAL and may(request, MAY_EXPORT),
        may_resend=found.state == State.STAMPED and may(request, MAY_RESEND),
        may_cancel=may(request, MAY_CANCEL),
        may_repeat=found.kind == Kind.INGRESO and may(request, MAY_ISSUE),
        **life_of(found),
        **unpaid_of(found, moment=moment),
        **moved_of(found),
        form=form,
    )


def _moves(found: Invoice) -> list[tuple[str, Any]]:
    """The newest first. A move that only says who replaced it is no step of its own."""
    told: list[tuple[str, Any]] = []
    for move in found.moves.order_by("pgh_id"):  # type: ignore[attr-defined]
        if not told or told[-1][1].state != move.state:
            told.append((State(move.state).label, move))
    return told[::-1]


def _concepts(xml: bytes) -> dict[str, Any]:
    """As the printed form has them: what the SAT has is what is shown."""
    root = parse(xml)
    return {"lines": facts.lines(root, in_spanish), "sums": facts.sums(root, in_spanish)}


def _advice(found: Invoice) -> str:
    """What to do about a refusal. One without a code is a sentence of our own, which says it already."""
    if found.refused_by == RefusedBy.RECEIVER and found.origin == Origin.OFFICE:
        return "Con «Duplicar» la abres otra vez: corrige los datos del receptor y emítela."
    if found.refused_by == RefusedBy.RECEIVER:
        return "El portal le mostró a tu cliente qué dato corregir; su nota sigue disponible para facturar."
    return staff_advice(found.refusal_code) if found.refusal_code else ""


def _pending(one: Promise, found: Invoice, *, now: datetime) -> PendingRow:
    """The reason is not said twice when the page already tells it as the refusal."""
    row = pending_row(one, invoice=None, now=now)
    told = found.refusal and row.error.startswith(found.refusal)
    return replace(row, error="") if told else row


def _facts(found: Invoice) -> list[tuple[str, str]]:
    """What the printed form says, for people: keys with their names."""
    profile = found.profile
    return [
        ("Receptor", found.nombre),
        ("RFC", found.rfc),
        ("Código postal", profile.domicilio_fiscal),
        ("Régimen fiscal", _named("regimen_fiscal", profile.regimen_fiscal)),
        ("Uso del CFDI", _named("uso_cfdi", found.uso_cfdi or profile.uso_cfdi)),
        *_paid(found),
        ("Sucursal", found.branch.nombre),
    ]


def _paid(found: Invoice) -> list[tuple[str, str]]:
    """A REP says in its payments how each was paid."""
    if not found.forma_pago:
        return []
    return [
        ("Forma de pago", _named("forma_pago", found.forma_pago)),
        ("Método de pago", _named("metodo_pago", found.metodo_pago)),
        *([("Tipo de cambio", f"{found.tipo_cambio} pesos por {found.moneda}")] if found.tipo_cambio else []),
    ]


def _named(catalog: str, key: str) -> str:
    return f"{key} · {name_of(catalog, key)}"
