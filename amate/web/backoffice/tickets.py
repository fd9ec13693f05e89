"""Ventas y autofactura: the notes, and how each one is getting on."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.fiscal.catalogs import name_of
from amate.fiscal.clock import zone_of
from amate.fiscal.ingreso import SaleLine
from amate.invoices.lines import lines_from_json
from amate.papers.dates import in_full, zone_in_words
from amate.papers.facts import figure
from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.note import print_note
from amate.self_invoicing.queries import STATES, state_of, tickets_in
from amate.web.addresses import portal_site, qr_url
from amate.web.backoffice.keyset import asked, page_of
from amate.web.backoffice.page import show
from amate.web.backoffice.rows import invoice_pill, ticket_pill, ticket_rows
from amate.web.clock import now
from amate.web.files import pdf_response


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a note. `invoice_id` is where it is told in full."""

    moment: datetime
    text: str
    invoice_id: int | None = None


@require_safe
def tickets(request: HttpRequest, slug: str) -> HttpResponse:
    kept = asked(request, "estado", "q")
    if kept["estado"] not in STATES:
        kept["estado"] = ""
    moment = now()
    page = page_of(tickets_in(state=kept["estado"], text=kept["q"], now=moment), request=request, kept=kept)
    return show(
        request,
        "office/tickets.html",
        room="tickets",
        rows=ticket_rows(page.rows, now=moment),
        page=page,
        kept=kept,
        states=STATES.items(),
        filtered=any(kept.values()),
    )


@require_safe
def ticket(request: HttpRequest, slug: str, ticket_id: int) -> HttpResponse:
    found = _find(ticket_id)
    claims = list(Claim.objects.select_related("invoice").filter(ticket=found).order_by("-id"))
    invoice = next((claim.invoice for claim in claims if claim.released_at is None), None)
    zone = zone_of(found.branch.cp)
    return show(
        request,
        "office/ticket.html",
        room="tickets",
        zone=zone,
        ticket=found,
        pill=ticket_pill(state_of(found, invoice=invoice, now=now())),
        invoice=invoice,
        invoice_pill=invoice_pill(invoice) if invoice else None,
        deadline=f"{in_full(found.deadline.astimezone(zone))}, {zone_in_words(zone.key)}",
        sold=in_full(found.sold_at.astimezone(zone)),
        paid_with=name_of("forma_pago", found.forma_pago),
        lines=[_line(sale) for sale in lines_from_json(found.lines)],
        steps=_steps(found, claims),
        qr_url=qr_url(found, slug=slug),
    )


@require_safe
def note(request: HttpRequest, slug: str, ticket_id: int) -> HttpResponse:
    found = _find(ticket_id)
    pdf = print_note(ticket=found, site=portal_site(slug), qr_url=qr_url(found, slug=slug))
    return pdf_response(pdf, name=f"nota-{show_code(found.code)}.pdf")


def _find(ticket_id: int) -> Ticket:
    found: Ticket | None = Ticket.objects.select_related("branch").filter(pk=ticket_id).first()
    if found is None:
        raise Http404
    return found


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
        invoice = claim.invoice
        steps.append(Step(claim.claimed_at, f"{invoice.rfc} la pidió por: {invoice.get_origin_display()}", invoice.pk))
        if claim.released_at is not None:
            steps.append(
                Step(claim.released_at, "Volvió al portal: el SAT no aceptó los datos del receptor", invoice.pk)
            )
        if invoice.stamped_at is not None:
            steps.append(Step(invoice.stamped_at, f"Facturada con folio {invoice.number}", invoice.pk))
    if found.state != Ticket.State.OPEN:
        steps.append(Step(found.state_since, found.get_state_display()))
    return sorted(steps, key=lambda step: step.moment, reverse=True)
