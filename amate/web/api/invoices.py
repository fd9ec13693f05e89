"""One invoice, its XML and its PDF."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from amate.invoices.models import Cancellation, Invoice, Relation, Stamp
from amate.invoices.pdf import pdf_of
from amate.invoices.queries import stamp_of_uuid
from amate.invoices.stamp import CENTRAL
from amate.self_invoicing.codes import hide_code, show_code
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.queries import tickets_of_invoice
from amate.web.addresses import invoice_url, ticket_url
from amate.web.api.keys import Bearer
from amate.web.api.media import PDF, XML
from amate.web.api.problems import FAULTS, NoSuchThing, Problem
from amate.web.files import pdf_response, xml_response

router = Router(tags=["Facturas"])
READ = Bearer("invoices:read")


class RelatedOut(Schema):
    """Un CFDI que este nombra; `tipo_relacion` es la clave del SAT."""

    tipo_relacion: str
    uuid: str


class CancellationOut(Schema):
    """La última cancelación que se pidió. `state`: asked, sending, received, done, rejected, refused o withdrawn; `code` y
    `answer` son lo último que respondió el SAT."""

    state: str
    motivo: str
    asked_at: str
    code: str
    answer: str


class InvoiceOut(Schema):
    """Un CFDI timbrado. `kind`: ingreso, egreso, global o pago; `origin` dice de dónde salió: portal, counter, api, office o
    system. `state`: stamped, cancel_requested, in_process o cancelled; hasta cancelled sigue vigente ante el SAT.
    `sample`: lo timbró un simulador y no tiene validez fiscal."""

    uuid: str
    kind: str
    state: str
    cancelled_how: str | None
    cancelled_at: str | None
    replaces: str | None
    replaced_by: str | None
    related: list[RelatedOut]
    cancellation: CancellationOut | None
    sample: bool
    origin: str
    serie: str
    folio: str
    total: str
    moneda: str
    forma_pago: str
    metodo_pago: str
    rfc: str
    nombre: str
    fecha_timbrado: str
    ticket: str | None
    tickets: list[str]
    ticket_url: str | None
    url: str
    xml_url: str
    pdf_url: str


@router.get("/{uuid}.xml", auth=READ, response={200: None, **FAULTS}, openapi_extra=XML, summary="El XML timbrado")
def read_xml(request: HttpRequest, uuid: str) -> HttpResponse:
    stamp = _find(uuid)
    return xml_response(bytes(stamp.xml), name=f"{_printed(stamp)}.xml")


@router.get(
    "/{uuid}.pdf",
    auth=READ,
    response={200: None, **FAULTS, 422: Problem},
    openapi_extra=PDF,
    summary="La representación impresa",
)
def read_pdf(request: HttpRequest, uuid: str, idioma: Literal["es", "en"] = "es") -> HttpResponse:
    stamp = _find(uuid)
    return pdf_response(pdf_of(stamp, lang=idioma), name=f"{_printed(stamp)}.pdf")


@router.get("/{uuid}", auth=READ, response={200: InvoiceOut, **FAULTS}, summary="Una factura y de dónde salió")
def read_invoice(request: HttpRequest, uuid: str) -> InvoiceOut:
    stamp = _find(uuid)
    invoice, printed = stamp.invoice, _printed(stamp)
    tickets = tickets_of_invoice(invoice.pk)
    ticket = tickets[0] if tickets else None
    return InvoiceOut(
        uuid=printed,
        kind=invoice.kind,
        state=invoice.state,
        **_life(invoice),
        sample=invoice.sample,
        origin=invoice.origin,
        serie=invoice.serie,
        folio=str(invoice.folio),
        total=f"{invoice.total:.2f}",
        moneda=invoice.moneda,
        forma_pago=invoice.forma_pago,
        metodo_pago=invoice.metodo_pago,
        rfc=invoice.rfc,
        nombre=invoice.nombre,
        fecha_timbrado=stamp.fecha_timbrado.astimezone(CENTRAL).isoformat(),
        ticket=_code(request, ticket) if ticket else None,
        tickets=[_code(request, one) for one in tickets],
        ticket_url=ticket_url(ticket) if ticket and _reads_notes(request) else None,
        url=invoice_url(printed),
        xml_url=f"{invoice_url(printed)}.xml",
        pdf_url=f"{invoice_url(printed)}.pdf",
    )


def _life(invoice: Invoice) -> dict[str, Any]:
    asked: Cancellation | None = Cancellation.objects.filter(invoice=invoice).order_by("-pk").first()
    named = Relation.objects.filter(invoice=invoice).order_by("pk")
    return {
        "cancelled_how": invoice.cancelled_how or None,
        "cancelled_at": _when(invoice.cancelled_at),
        "replaces": _uuid_of(invoice.replaces),
        "replaced_by": _uuid_of(invoice.replaced_by),
        "related": [RelatedOut(tipo_relacion=one.tipo_relacion, uuid=str(one.uuid).upper()) for one in named],
        "cancellation": asked
        and CancellationOut(
            state=asked.state,
            motivo=asked.motivo,
            asked_at=str(_when(asked.asked_at)),
            code=asked.code,
            answer=asked.answer,
        ),
    }


def _uuid_of(invoice: Invoice | None) -> str | None:
    return str(invoice.uuid).upper() if invoice is not None and invoice.uuid is not None else None


def _when(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(CENTRAL).isoformat()


def _code(request: HttpRequest, ticket: Ticket) -> str:
    """Whole for a key that reads notes: with its total a code invoices one."""
    return (show_code if _reads_notes(request) else hide_code)(ticket.code)


def _reads_notes(request: HttpRequest) -> bool:
    return "tickets:read" in request.api_key.scopes  # type: ignore[attr-defined]


def _find(uuid: str) -> Stamp:
    """Any case is accepted, and with or without hyphens. Raises NoSuchThing."""
    try:
        stamp = stamp_of_uuid(UUID(uuid))
    except ValueError:
        stamp = None
    if stamp is None:
        raise NoSuchThing("No hay una factura con ese folio fiscal", "Revisa el UUID: son 36 caracteres con guiones.")
    return stamp


def _printed(stamp: Stamp) -> str:
    """The UUID as the SAT writes it, in capitals."""
    return str(stamp.uuid).upper()
