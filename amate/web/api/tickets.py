"""Sales come in; their notes go out."""

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from amate.companies.models import Branch
from amate.fiscal.catalogs import installed
from amate.fiscal.clock import zone_of
from amate.fiscal.money import MoneyRefused
from amate.invoices.models import Invoice
from amate.papers.dates import in_full, zone_in_words
from amate.self_invoicing.codes import read_code, show_code
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.note import print_note
from amate.self_invoicing.queries import STATES, live_invoice, state_of, ticket_of_code
from amate.self_invoicing.register import SaleAlreadyRegistered, TotalDoesNotAddUp, register_ticket
from amate.web import clock
from amate.web.addresses import invoice_url, portal_site, qr_url, ticket_url
from amate.web.api.keys import Bearer, BearerWithJson
from amate.web.api.media import PDF
from amate.web.api.problems import FAULTS, FieldError, NoSuchThing, Problem, SaleRefused
from amate.web.api.read_sale import read_sale
from amate.web.api.sale import ExternalId, SaleIn, Source
from amate.web.files import pdf_response

router = Router(tags=["Notas"])


class TicketOut(Schema):
    """Una nota. `deadline` es el último segundo en que el portal la factura; `deadline_text` se imprime tal cual."""

    code: str
    code_bare: str
    state: str = Field(json_schema_extra={"enum": list(STATES)})
    total: str
    moneda: str
    source: str
    external_id: str
    folio: str
    branch: str
    sold_at: str
    deadline: str
    deadline_text: str
    qr_url: str
    url: str
    note_url: str
    uuid: str | None
    origin: str | None
    invoice_url: str | None


@router.get(
    "/{code}/note.pdf",
    auth=Bearer("tickets:read"),
    response={200: None, **FAULTS},
    openapi_extra=PDF,
    summary="La nota de 80 mm, con su código y su QR",
)
def note(request: HttpRequest, code: str) -> HttpResponse:
    ticket = _find(code)
    slug = request.company.slug  # type: ignore[attr-defined]
    pdf = print_note(ticket=ticket, site=portal_site(slug), qr_url=qr_url(ticket, slug=slug))
    return pdf_response(pdf, name=f"nota-{show_code(ticket.code)}.pdf")


@router.get(
    "/{code}", auth=Bearer("tickets:read"), response={200: TicketOut, **FAULTS}, summary="Una nota y cómo va su factura"
)
def read_ticket(request: HttpRequest, code: str) -> TicketOut:
    ticket = _find(code)
    return _answer(request, ticket, live_invoice(ticket))


REGISTERED = {200: TicketOut, 201: TicketOut, **FAULTS, **dict.fromkeys((409, 413, 415, 422), Problem)}


@router.put(
    "/{source}/{external_id}",
    auth=BearerWithJson("tickets:write"),
    response=REGISTERED,
    summary="Registrar una venta (repetirla da la misma nota)",
)
def put_ticket(request: HttpRequest, sale: SaleIn, source: Source, external_id: ExternalId) -> Status[TicketOut]:
    now = clock.now()
    branch = _branch(sale.branch)
    catalogs = installed()
    read = read_sale(sale, source=source, external_id=external_id, branch=branch, catalogs=catalogs, now=now)
    try:
        ticket, new = register_ticket(sale=read, branch=branch, now=now)
    except TotalDoesNotAddUp as wrong:
        raise SaleRefused.at(
            [FieldError(("total",), str(wrong))], said=f"{wrong.said:.2f}", computed=f"{wrong.computed:.2f}"
        ) from wrong
    except MoneyRefused as refused:
        where = tuple(int(step) if step.isdigit() else step for step in refused.field.split("."))
        raise SaleRefused.at([FieldError(where, refused.message)]) from refused
    except SaleAlreadyRegistered as known:
        raise SaleRefused(status=409, title="Esa venta ya se registró con otros datos", detail=str(known)) from known
    ticket.branch = branch
    return Status(201 if new else 200, _answer(request, ticket, None if new else live_invoice(ticket)))


@router.put("/{code}/note.pdf", auth=BearerWithJson("tickets:write"), response=REGISTERED, include_in_schema=False)
def put_ticket_of_that_name(request: HttpRequest, sale: SaleIn, code: Source) -> Status[TicketOut]:
    """A till may name its sale "note.pdf"; the address is the one of a note then, and only the method differs."""
    return put_ticket(request, sale, source=code, external_id="note.pdf")


def _branch(code: str | None) -> Branch:
    branches: list[Branch] = list(Branch.objects.order_by("id"))
    if code is None and len(branches) == 1:
        return branches[0]
    for branch in branches:
        if branch.code == code:
            return branch
    said = "Di en qué sucursal fue la venta" if code is None else f"No tienes una sucursal “{code}”"
    known = ", ".join(branch.code for branch in branches) or "ninguna todavía"
    raise SaleRefused.at([FieldError(("branch",), f"{said}. Tus sucursales: {known}")])


def _find(code: str) -> Ticket:
    bare = read_code(code)
    ticket = ticket_of_code(bare) if bare else None
    if ticket is None:
        raise NoSuchThing("No hay una nota con ese código", "Revisa el código de facturación: son 12 letras y números.")
    return ticket


def _answer(request: HttpRequest, ticket: Ticket, invoice: Invoice | None) -> TicketOut:
    zone = zone_of(ticket.branch.cp)
    deadline = ticket.deadline.astimezone(zone)
    uuid = str(invoice.uuid).upper() if invoice and invoice.uuid else None
    slug = request.company.slug  # type: ignore[attr-defined]
    return TicketOut(
        code=show_code(ticket.code),
        code_bare=ticket.code,
        state=state_of(ticket, invoice=invoice, now=clock.now()),
        total=f"{ticket.total:.2f}",
        moneda=ticket.moneda,
        source=ticket.source,
        external_id=ticket.external_id,
        folio=ticket.folio,
        branch=ticket.branch.code,
        sold_at=ticket.sold_at.astimezone(zone).isoformat(),
        deadline=deadline.isoformat(),
        deadline_text=f"{in_full(deadline)}, {zone_in_words(zone.key)}",
        qr_url=qr_url(ticket, slug=slug),
        url=ticket_url(ticket),
        note_url=f"{ticket_url(ticket)}/note.pdf",
        uuid=uuid,
        origin=invoice.origin if invoice and uuid else None,
        invoice_url=invoice_url(uuid) if uuid else None,
    )
