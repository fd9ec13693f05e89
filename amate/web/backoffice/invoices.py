"""Facturas: the list with state and origin, and one invoice with everything that happened to it."""

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from amate.access.may import MAY_RESEND, MAY_RETRY, MAY_SEAL_ANEW
from amate.desk.invoice_list import INVOICES
from amate.fiscal.catalogs import name_of
from amate.fiscal.clock import zone_of
from amate.fiscal.tfd import read_timbre
from amate.fiscal.xml import parse
from amate.invoices.deliver import resend_invoice
from amate.invoices.models import Invoice, RefusedBy, Sealing, Stamp, State
from amate.invoices.pdf import pdf_of
from amate.invoices.refusals import staff_advice
from amate.invoices.stamp import may_seal_anew, seal_anew
from amate.papers import facts
from amate.papers.invoice import is_sample
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.models import Promise
from amate.self_invoicing.queries import ticket_of_invoice
from amate.tenancy.models import IllegalMove
from amate.web.backoffice.lists import around, page_of, read
from amate.web.backoffice.mails import deliveries_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.pending import PendingRow, pending_row
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import invoice_pill, invoice_rows
from amate.web.clock import now
from amate.web.files import pdf_response, xml_response
from amate.web.mail_address import MailField
from amate.web.sends import OFFICE, SENT_TOO_OFTEN, count_send, sends_must_wait

logger = logging.getLogger(__name__)

PACS = {"sw_sapien": "SW Sapien"}


class ResendForm(forms.Form):
    correo = MailField(
        label="Enviarla a este correo",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Escribe a qué correo la enviamos"},
    )


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
    )


@require_safe
def invoice(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    found = _find(invoice_id)
    return _show(request, found, ResendForm(initial={"correo": found.correo}))


@require_POST
def resend(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    require(request, MAY_RESEND)
    found = _find(invoice_id)
    if found.state != State.STAMPED:
        raise Http404
    form = ResendForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    moment, to, about = now(), form.cleaned_data["correo"], f"invoice:{found.pk}"
    if sends_must_wait(OFFICE, about, now=moment):
        form.add_error("correo", SENT_TOO_OFTEN)
        return _show(request, found, form, status=422)
    resend_invoice(invoice_id=found.pk, to=to, priority=SOMEBODY_WAITS, now=moment)
    count_send(request, OFFICE, about, now=moment)
    messages.success(request, f"La enviamos a {to}. Abajo verás cuando salga.")
    return redirect(address(request, "invoice", found.pk) + "#correos")


@require_POST
def seal_again(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    """DECISIONS C9: only who says that he looked at the PAC's list may."""
    require(request, MAY_SEAL_ANEW)
    found, moment = _find(invoice_id), now()
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
    return pdf_response(pdf_of(stamp), name=f"{stamp.uuid}.pdf")


def _find(invoice_id: int) -> Invoice:
    found: Invoice | None = Invoice.objects.select_related("branch", "profile").filter(pk=invoice_id).first()
    if found is None:
        raise Http404
    return found


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
        sample=stamp is not None and is_sample(read_timbre(bytes(stamp.xml))),
        sealings=sealings,
        **(_concepts(bytes(sealed.xml)) if sealed else {}),
        moves=[(State(move.state).label, move) for move in found.moves.order_by("-pgh_id")],  # type: ignore[attr-defined]
        deliveries=deliveries_of(f"invoice:{found.pk}", kind="deliver", invoice_id=found.pk),
        ticket=ticket_of_invoice(found.pk),
        pac=PACS.get(stamp.pac, stamp.pac) if stamp else "",
        advice=_advice(found),
        pending=[_pending(one, found, now=moment) for one in failing],
        may_retry=may(request, MAY_RETRY),
        lost=may_seal_anew(found, now=moment),
        may_seal_anew=may(request, MAY_SEAL_ANEW),
        may_resend=found.state == State.STAMPED and may(request, MAY_RESEND),
        form=form,
    )


def _concepts(xml: bytes) -> dict[str, Any]:
    """As the printed form has them: what the SAT has is what is shown."""
    root = parse(xml)
    return {"lines": facts.lines(root), "sums": facts.sums(root)}


def _advice(found: Invoice) -> str:
    """What to do about a refusal. One without a code is a sentence of our own, which says it already."""
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
        ("Uso del CFDI", _named("uso_cfdi", profile.uso_cfdi)),
        ("Forma de pago", _named("forma_pago", found.forma_pago)),
        ("Método de pago", _named("metodo_pago", found.metodo_pago)),
        ("Sucursal", found.branch.nombre),
    ]


def _named(catalog: str, key: str) -> str:
    return f"{key} · {name_of(catalog, key)}"
