"""Sales come in; their notes go out, are held back or cancelled."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from amate.companies.models import Branch
from amate.fiscal.catalogs import catalogs_in_force
from amate.fiscal.clock import zone_of
from amate.fiscal.money import MoneyRefused
from amate.invoices.models import Invoice
from amate.papers.dates import in_full, zone_in_words
from amate.self_invoicing.codes import read_code, show_code
from amate.self_invoicing.hold import LONGEST_REASON, TicketNotFree, lock_ticket, unlock_ticket, void_ticket
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.pagos import PagosDoNotAddUp
from amate.self_invoicing.queries import STATES, live_invoice, parts_of, state_of, ticket_of_code
from amate.self_invoicing.register import (
    CodeNotYours,
    SaleAlreadyRegistered,
    TotalDoesNotAddUp,
    register_ticket,
    repeated,
)
from amate.self_invoicing.sale import wrong_branch
from amate.self_invoicing.what_remains import refunded
from amate.tenancy.compiled import Compiled
from amate.web import clock
from amate.web.addresses import invoice_url, qr_url, ticket_url
from amate.web.api.keys import Bearer, BearerWithJson
from amate.web.api.problems import FAULTS, FieldError, NoSuchThing, Problem, SaleRefused
from amate.web.api.read_sale import read_sale
from amate.web.api.sale import ExternalId, Reason, SaleIn, Source, Strict

router = Router(tags=["Notas"])
JSON = "application/json; charset=utf-8"
_BRANCHES = Compiled(lambda: Branch.objects.order_by("id"))


class PagoOut(Schema):
    forma_pago: str
    importe: str


class TicketOut(Schema):
    """Una nota. De una que se dividió (`state` es split), `parts` son los códigos de sus partes, y `split_of` de cada parte
    es el de ella: quien la tenía factura su parte. `deadline` es el último segundo en que el portal la factura; `deadline_text` se imprime tal cual.
    `pagos` está vacío si se pagó de una sola forma. `total` es siempre el impreso; `remaining`, lo que queda de él después
    de las devoluciones."""

    code: str
    code_bare: str
    state: str = Field(json_schema_extra={"enum": list(STATES)})
    state_reason: str
    total: str
    refunded: str
    remaining: str
    moneda: str
    forma_pago: str
    metodo_pago: str
    pagos: list[PagoOut]
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
    split_of: str | None
    parts: list[str]


@router.get(
    "/{code}", auth=Bearer("tickets:read"), response={200: TicketOut, **FAULTS}, summary="Una nota y cómo va su factura"
)
def read_ticket(request: HttpRequest, code: str) -> TicketOut:
    ticket = find_by_code(code)
    return _answer(request, ticket, live_invoice(ticket), back=refunded(ticket))


REGISTERED = {200: TicketOut, 201: TicketOut, **FAULTS, **dict.fromkeys((409, 413, 415, 422), Problem)}


@router.put(
    "/{source}/{external_id}",
    auth=BearerWithJson("tickets:write"),
    response=REGISTERED,
    summary="Registrar una venta (repetirla da la misma nota)",
)
def put_ticket(request: HttpRequest, sale: SaleIn, source: Source, external_id: ExternalId) -> HttpResponse:
    now = clock.now()
    said = _said(sale)
    if said and (known := repeated(source=source, external_id=external_id, said=said)):
        again = _answer(request, known, live_invoice(known), back=refunded(known))
        return HttpResponse(again.model_dump_json(), content_type=JSON)
    branch = _branch(sale.branch, sold_at=sale.sold_at)
    catalogs = catalogs_in_force()
    read = read_sale(sale, source=source, external_id=external_id, branch=branch, catalogs=catalogs, now=now)
    if said:
        read = replace(read, said=said)
    try:
        ticket, new = register_ticket(sale=read, branch=branch, now=now)
    except TotalDoesNotAddUp as wrong:
        raise SaleRefused.at(
            [FieldError(("total",), str(wrong))], said=f"{wrong.said:.2f}", computed=f"{wrong.computed:.2f}"
        ) from wrong
    except PagosDoNotAddUp as wrong:
        raise SaleRefused.at(
            [FieldError(("pagos",), str(wrong))], said=f"{wrong.said:.2f}", computed=f"{wrong.total:.2f}"
        ) from wrong
    except MoneyRefused as refused:
        where = tuple(int(step) if step.isdigit() else step for step in refused.field.split("."))
        raise SaleRefused.at([FieldError(where, refused.message)]) from refused
    except CodeNotYours as wrong:
        raise SaleRefused.at([FieldError(("code",), str(wrong))]) from wrong
    except SaleAlreadyRegistered as known:
        raise SaleRefused(status=409, title="Esa venta ya se registró con otros datos", detail=str(known)) from known
    ticket.branch = branch
    nothing_yet = (None, Decimal(0))
    invoice, back = nothing_yet if new else (live_invoice(ticket), refunded(ticket))
    answer = _answer(request, ticket, invoice, back=back)
    # Written here: ninja would validate our own answer a second time, a tenth of what a sale costs.
    return HttpResponse(answer.model_dump_json(), status=201 if new else 200, content_type=JSON)


def _said(sale: SaleIn) -> bytes | None:
    """Of a sale that names products: they may change before a lost answer is asked for again."""
    if not any(line.producto for line in sale.lines):
        return None
    # What came before there were pagos must still be known again.
    since = {"pagos"} if sale.pagos is None else None
    return sha256(sale.model_dump_json(exclude=since).encode()).digest()


class ReasonIn(Strict):
    reason: str = Field(min_length=1, max_length=LONGEST_REASON, description="Por qué, para quien lo lea después")


HELD = {200: TicketOut, **FAULTS, **dict.fromkeys((409, 422), Problem)}
HELD_WITH_JSON = {**HELD, **dict.fromkeys((413, 415), Problem)}


@router.delete(
    "/{source}/{external_id}",
    auth=Bearer("tickets:write"),
    response=HELD,
    summary="Cancelar una venta que nadie ha facturado (repetirlo no cambia nada)",
)
def void(request: HttpRequest, source: Source, external_id: ExternalId, reason: Reason = "") -> TicketOut:
    return _act(request, source, external_id, partial(void_ticket, reason=reason))


@router.post(
    "/{source}/{external_id}/lock",
    auth=BearerWithJson("tickets:write"),
    response=HELD_WITH_JSON,
    summary="Bloquear una nota: nadie la factura hasta que la desbloquees",
)
def lock(request: HttpRequest, why: ReasonIn, source: Source, external_id: ExternalId) -> TicketOut:
    return _act(request, source, external_id, partial(lock_ticket, reason=why.reason))


@router.post(
    "/{source}/{external_id}/unlock",
    auth=Bearer("tickets:write"),
    response=HELD,
    summary="Desbloquear una nota: vuelve al portal con su código y su fecha",
)
def unlock(request: HttpRequest, source: Source, external_id: ExternalId) -> TicketOut:
    return _act(request, source, external_id, unlock_ticket)


def _act(request: HttpRequest, source: str, external_id: str, act: Callable[..., Ticket]) -> TicketOut:
    found = Ticket.objects.filter(source=source, external_id=external_id).values_list("pk", flat=True).first()
    if found is None:
        raise NoSuchThing(
            "No hay una venta con esa clave", "Revisa source y external_id: son los que enviaste con PUT."
        )
    try:
        ticket = act(ticket_id=found, now=clock.now())
    except TicketNotFree as held:
        raise SaleRefused(status=409, title="Esa nota ya no se puede tocar", detail=str(held)) from held
    return _answer(request, ticket, live_invoice(ticket), back=refunded(ticket))


def _branch(code: str | None, *, sold_at: datetime) -> Branch:
    """The one it names, or the only one that could have made it that day. Raises SaleRefused."""
    branches = _BRANCHES.all()
    open_ones = [branch for branch in branches if branch.closed_at is None]
    able = [branch for branch in branches if wrong_branch(branch, sold_at=sold_at) is None]
    if code is None and len(able) == 1:
        return able[0]
    for branch in branches:
        if branch.code == code:
            if wrong := wrong_branch(branch, sold_at=sold_at):
                raise SaleRefused.at([FieldError(("branch",), wrong)])
            return branch
    said = "Di en qué sucursal fue la venta" if code is None else f"No tienes una sucursal “{code}”"
    known = ", ".join(branch.code for branch in open_ones) or "ninguna todavía"
    raise SaleRefused.at([FieldError(("branch",), f"{said}. Tus sucursales: {known}")])


def find_by_code(code: str) -> Ticket:
    """Raises NoSuchThing."""
    bare = read_code(code)
    ticket = ticket_of_code(bare) if bare else None
    if ticket is None:
        raise NoSuchThing("No hay una nota con ese código", "Revisa el código de facturación: son 12 letras y números.")
    return ticket


def _answer(request: HttpRequest, ticket: Ticket, invoice: Invoice | None, *, back: Decimal) -> TicketOut:
    zone = zone_of(ticket.branch.cp)
    deadline = ticket.deadline.astimezone(zone)
    uuid = str(invoice.uuid).upper() if invoice and invoice.uuid else None
    return TicketOut.model_construct(  # of our own values: nothing to check
        code=show_code(ticket.code),
        code_bare=ticket.code,
        state=state_of(ticket, invoice=invoice, now=clock.now()),
        state_reason=ticket.state_reason,
        total=f"{ticket.total:.2f}",
        refunded=f"{back:.2f}",
        remaining=f"{ticket.total - back:.2f}",
        moneda=ticket.moneda,
        forma_pago=ticket.forma_pago,
        metodo_pago=ticket.metodo_pago,
        pagos=[PagoOut.model_construct(**one) for one in ticket.pagos],
        source=ticket.source,
        external_id=ticket.external_id,
        folio=ticket.folio,
        branch=ticket.branch.code,
        sold_at=ticket.sold_at.astimezone(zone).isoformat(),
        deadline=deadline.isoformat(),
        deadline_text=f"{in_full(deadline)}, {zone_in_words(zone.key)}",
        qr_url=qr_url(ticket, company=request.company),  # type: ignore[attr-defined]
        url=ticket_url(ticket),
        note_url=f"{ticket_url(ticket)}/note.pdf",
        uuid=uuid,
        origin=invoice.origin if invoice and uuid else None,
        invoice_url=invoice_url(uuid) if uuid else None,
        split_of=show_code(ticket.split_of.code) if ticket.split_of else None,
        parts=[show_code(one.code) for one in parts_of(ticket)] if ticket.state == Ticket.State.SPLIT else [],
    )
