"""Ventas y autofactura: the notes, and how each one is getting on."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import quote

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.access.may import MAY_HOLD, MAY_REPRINT, MAY_RESEND, MAY_SEE_CODES, MAY_SELL, MAY_UNLOCK, MAY_VOID
from amate.audit.models import Entry
from amate.audit.record import record
from amate.companies.models import Emisor
from amate.desk.ticket_list import TICKETS
from amate.fiscal.clock import zone_of
from amate.fiscal.ingreso import PPD, SaleLine
from amate.invoices.lines import lines_from_json
from amate.invoices.models import Invoice, Kind
from amate.papers.dates import in_full, zone_in_words
from amate.papers.facts import figure
from amate.papers.note import PAPERS
from amate.self_invoicing.codes import hide_code, show_code
from amate.self_invoicing.leave_global import why_not_left
from amate.self_invoicing.models import Claim, Refund, Ticket
from amate.self_invoicing.note import A_CREDITO, paid_in_words, print_note
from amate.self_invoicing.queries import parts_of, state_of
from amate.self_invoicing.rejoin import why_not_rejoined
from amate.self_invoicing.split import MAY_BE_SPLIT
from amate.web.addresses import portal_site, qr_url
from amate.web.backoffice.lists import around, page_of, read
from amate.web.backoffice.mails import deliveries_of
from amate.web.backoffice.page import show
from amate.web.backoffice.reason_field import ReasonField
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import invoice_pill, ticket_pill, ticket_rows
from amate.web.clock import now
from amate.web.files import pdf_response
from amate.web.mail_address import MailField

FREE = frozenset({"open", "expired", "locked"})
PAPER_NAMES = {"80": "80 mm", "58": "58 mm", "carta": "Carta"}
# Of the audit, as this page tells them; who and why follow.
ACTS = {
    "ticket.locked": "La bloqueó",
    "ticket.unlocked": "La desbloqueó",
    "ticket.voided": "La canceló",
    "ticket.refunded": "Registró una devolución",
    "ticket.split": "La dividió",
    "ticket.rejoined": "La volvió a unir",
    "note.printed": "La imprimió",
    "note.reprinted": "La imprimió otra vez",
    "note.sent": "La envió por correo",
}


class HoldForm(forms.Form):
    motivo = ReasonField()


class SendForm(forms.Form):
    correo = MailField(
        label="Enviarla a este correo",
        widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages={"required": "Escribe a qué correo la enviamos"},
    )


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a note. `invoice_id` is where it is told in full."""

    moment: datetime
    text: str
    invoice_id: int | None = None


@require_safe
def tickets(request: HttpRequest, slug: str) -> HttpResponse:
    asked = read(request, TICKETS)
    page = page_of(asked, request)
    return show(
        request,
        "office/tickets.html",
        room="tickets",
        rows=ticket_rows(page.rows, now=asked.at.now, sees_codes=asked.at.sees_codes),
        page=page,
        list=around(request, asked),
    )


@require_safe
def ticket(request: HttpRequest, slug: str, ticket_id: int) -> HttpResponse:
    return show_ticket(request, find_ticket(ticket_id))


@require_safe
def note(request: HttpRequest, slug: str, ticket_id: int) -> HttpResponse:
    """The note printed again: always the same code, QR and deadline. Who printed it is told in its history."""
    require(request, MAY_REPRINT)
    found = find_ticket(ticket_id)
    paper = request.GET.get("papel", "80")
    if paper not in PAPERS:
        raise Http404
    company = request.company  # type: ignore[attr-defined]
    pdf = print_note(ticket=found, site=portal_site(company), qr_url=qr_url(found, company=company), paper=paper)
    record("note.reprinted", about=f"ticket:{found.pk}", now=now(), papel=paper)
    return pdf_response(pdf, name=f"nota-{show_code(found.code)}.pdf")


def find_ticket(ticket_id: int) -> Ticket:
    found: Ticket | None = Ticket.objects.select_related("branch", "split_of").filter(pk=ticket_id).first()
    if found is None:
        raise Http404
    return found


def may_unlock(request: HttpRequest, found: Ticket) -> bool:
    """An accountant may have stopped it to look into the very person who would let it go."""
    if may(request, MAY_UNLOCK) or not may(request, MAY_HOLD):
        return may(request, MAY_UNLOCK)
    last = Entry.objects.filter(about=f"ticket:{found.pk}", act="ticket.locked").order_by("-id").first()
    if last is None or "by" not in last.detail:  # nobody's, or of before persons were noted: then by the mail of then
        return last is None or last.actor == request.user.email  # type: ignore[union-attr]
    return bool(last.detail["by"] == request.user.pk)


def show_ticket(
    request: HttpRequest,
    found: Ticket,
    *,
    hold: HoldForm | None = None,
    send: SendForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of one note, with a form that was refused if there is one."""
    claims = list(Claim.objects.select_related("invoice", "global_invoice").filter(ticket=found).order_by("-id"))
    invoice = next((claim.document for claim in claims if claim.released_at is None), None)
    moment, zone = now(), zone_of(found.branch.cp)
    state = state_of(found, invoice=invoice, now=moment)
    free, sees = state in FREE, may(request, MAY_SEE_CODES)
    refunds = list(Refund.objects.select_related("credit_note").filter(ticket=found).order_by("pk"))
    parts = parts_of(found) if found.state == Ticket.State.SPLIT else []
    remaining = found.total - sum((one.total for one in refunds), Decimal(0))
    return show(
        request,
        "office/ticket.html",
        room="tickets",
        zone=zone,
        status=status,
        ticket=found,
        pill=ticket_pill(state),
        invoice=invoice,
        invoice_pill=invoice_pill(invoice) if invoice else None,
        deadline=f"{in_full(found.deadline.astimezone(zone))}, {zone_in_words(zone.key)}",
        sold=in_full(found.sold_at.astimezone(zone)),
        paid_with=A_CREDITO if found.metodo_pago == PPD else paid_in_words(found.forma_pago, found.pagos),
        lines=[_line(sale) for sale in lines_from_json(found.lines)],
        refunds=refunds,
        remaining=remaining,
        parts=ticket_rows(parts, now=moment, sees_codes=sees),
        may_rejoin=bool(parts) and may(request, MAY_SELL) and not why_not_rejoined(parts, now=moment),
        may_divide=state in MAY_BE_SPLIT and not refunds and may(request, MAY_SELL),
        may_refund=found.state not in (Ticket.State.VOID, Ticket.State.SPLIT) and may(request, MAY_VOID),
        steps=_steps(found, claims),
        deliveries=deliveries_of(f"ticket:{found.pk}", kind="send_note", ticket_id=found.pk),
        code=(show_code if sees else hide_code)(found.code),
        qr_url=qr_url(found, company=request.company) if sees else "",  # type: ignore[attr-defined]
        locked=found.state == Ticket.State.LOCKED,
        may_hold=free and may(request, MAY_HOLD),
        may_unlock=free and may_unlock(request, found),
        may_void=free and may(request, MAY_VOID),
        may_reprint=may(request, MAY_REPRINT),
        may_send=found.state != Ticket.State.VOID and may(request, MAY_RESEND),
        may_sell=may(request, MAY_SELL) and ((free and found.state == Ticket.State.OPEN) or _may_leave(found, invoice)),
        hold=hold or HoldForm(),
        send=send or SendForm(),
        form=hold or send,
        papers=PAPER_NAMES.items(),
        whatsapp_url=_whatsapp(request, found) if sees else "",
    )


def _may_leave(found: Ticket, document: Invoice | None) -> bool:
    return document is not None and document.kind == Kind.GLOBAL and not why_not_left(found, document)


def _whatsapp(request: HttpRequest, found: Ticket) -> str:
    """Opens WhatsApp with the words and the link of the note: whom it goes to is chosen there, and nobody's number is kept."""
    zone = zone_of(found.branch.cp)
    emisor = Emisor.objects.get()
    said = (
        f"Tu compra {found.folio} en {emisor.nombre_comercial or emisor.nombre}, ${found.total:,.2f}. Factúrala hasta el "
        f"{in_full(found.deadline.astimezone(zone))} ({zone_in_words(zone.key)}): "
        f"{qr_url(found, company=request.company)}"  # type: ignore[attr-defined]
    )
    return f"https://wa.me/?text={quote(said)}"


def _line(sale: SaleLine) -> dict[str, str]:
    line = sale.line
    notes = [sale.clave_prod_serv, sale.clave_unidad]
    if line.descuento:
        notes.append(f"descuento ${figure(str(line.descuento), least=2)}")
    return {
        "descripcion": sale.descripcion,
        "notes": " · ".join(notes),
        "cantidad": figure(str(line.cantidad), least=0),
        "precio": figure(str(line.precio), least=2),
    }


def _steps(found: Ticket, claims: list[Claim]) -> list[Step]:
    """Newest first."""
    steps = [Step(found.created_at, f"Registrada desde {found.source} como {found.external_id}")]
    for claim in claims:
        invoice, single = claim.document, claim.invoice_id is not None
        asked = (
            f"{invoice.rfc} la pidió por: {invoice.get_origin_display()}" if single else "Entró en una factura global"
        )
        steps.append(Step(claim.claimed_at, asked, invoice.pk))
        if claim.released_at is not None:
            gone = (
                "Volvió al portal: el SAT no aceptó los datos del receptor" if single else "Salió de la factura global"
            )
            steps.append(Step(claim.released_at, gone, invoice.pk))
        if invoice.stamped_at is not None:
            stamped = "Facturada con folio" if single else "Se timbró la global"
            steps.append(Step(invoice.stamped_at, f"{stamped} {invoice.number}", invoice.pk))
    return sorted([*steps, *_done_to(found)], key=lambda step: step.moment, reverse=True)


def _done_to(found: Ticket) -> list[Step]:
    """What people did to it, from the audit."""
    entries = Entry.objects.filter(about=f"ticket:{found.pk}", act__in=ACTS).order_by("-id")[:50]
    return [Step(one.at, _told(one)) for one in entries]


def _told(one: Entry) -> str:
    """
    >>> _told(Entry(company_id=1, act="ticket.locked", actor="ana@tienda.mx", detail={"reason": "Posible devolución"}))
    'La bloqueó ana@tienda.mx: Posible devolución'
    """
    detail = one.detail
    more = detail.get("reason") or detail.get("to") or PAPER_NAMES.get(detail.get("papel", ""), "")
    return " ".join([ACTS[one.act], one.actor or "el sistema"]) + (f": {more}" if more else "")
