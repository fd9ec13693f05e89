"""One invoice, its XML and its PDF."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from amate.invoices.models import Stamp
from amate.invoices.pdf import pdf_of
from amate.invoices.queries import stamp_of_uuid
from amate.invoices.stamp import CENTRAL
from amate.self_invoicing.codes import show_code
from amate.self_invoicing.queries import ticket_of_invoice
from amate.web.addresses import invoice_url, ticket_url
from amate.web.api.keys import Bearer
from amate.web.api.media import PDF, XML
from amate.web.api.problems import FAULTS, NoSuchThing
from amate.web.files import pdf_response, xml_response

router = Router(tags=["Facturas"])
READ = Bearer("invoices:read")


class InvoiceOut(Schema):
    """Una factura timbrada. `origin` dice de dónde salió: portal, counter o api."""

    uuid: str
    state: str
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
    ticket_url: str | None
    url: str
    xml_url: str
    pdf_url: str


@router.get("/{uuid}.xml", auth=READ, response={200: None, **FAULTS}, openapi_extra=XML, summary="El XML timbrado")
def read_xml(request: HttpRequest, uuid: str) -> HttpResponse:
    stamp = _find(uuid)
    return xml_response(bytes(stamp.xml), name=f"{_printed(stamp)}.xml")


@router.get(
    "/{uuid}.pdf", auth=READ, response={200: None, **FAULTS}, openapi_extra=PDF, summary="La representación impresa"
)
def read_pdf(request: HttpRequest, uuid: str) -> HttpResponse:
    stamp = _find(uuid)
    return pdf_response(pdf_of(stamp), name=f"{_printed(stamp)}.pdf")


@router.get("/{uuid}", auth=READ, response={200: InvoiceOut, **FAULTS}, summary="Una factura y de dónde salió")
def read_invoice(request: HttpRequest, uuid: str) -> InvoiceOut:
    stamp = _find(uuid)
    invoice, printed = stamp.invoice, _printed(stamp)
    ticket = ticket_of_invoice(invoice.pk)
    return InvoiceOut(
        uuid=printed,
        state=invoice.state,
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
        ticket=show_code(ticket.code) if ticket else None,
        ticket_url=ticket_url(ticket) if ticket else None,
        url=invoice_url(printed),
        xml_url=f"{invoice_url(printed)}.xml",
        pdf_url=f"{invoice_url(printed)}.pdf",
    )


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
