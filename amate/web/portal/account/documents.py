"""The documents of a customer: those in his name, and those of what he pays."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.billing_cycle.statements.models import AccountLink
from amate.companies.day import zone_of_company
from amate.invoices.called import NAMES
from amate.invoices.models import AT_THE_SAT, Invoice, Kind, Stamp, State
from amate.invoices.payments import received_in_all
from amate.invoices.pdf import pdf_of
from amate.web import clock
from amate.web.files import pdf_response, xml_response
from amate.web.portal.account.opened import UNKNOWN, opened
from amate.web.portal.language import short
from amate.web.portal.page import page
from amate.web.portal.shop import shop_of

MOST = 60
SHOWN = [*AT_THE_SAT, State.CANCELLED]


@dataclass(frozen=True, slots=True)
class Document:
    id: int
    name: str
    number: str
    day: str
    total: Decimal
    moneda: str
    cancelled: bool


@require_safe
def documents(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    now = clock.now()
    link = opened(request, token, now=now)
    if isinstance(link, HttpResponse):
        return link
    found = documents_of(link.customer_id, most=MOST)
    return page(request, "account/documents", shop=shop_of(request), token=token, documents=found, most=MOST)


@require_safe
def document_pdf(request: HttpRequest, slug: str, token: str, invoice_id: int) -> HttpResponse:
    return _file(request, token, invoice_id, "pdf")


@require_safe
def document_xml(request: HttpRequest, slug: str, token: str, invoice_id: int) -> HttpResponse:
    return _file(request, token, invoice_id, "xml")


def documents_of(customer_id: int, *, most: int) -> list[Document]:
    """The newest first."""
    zone = zone_of_company()
    rows = Invoice.objects.filter(_his(customer_id), state__in=SHOWN).order_by("-id")[:most]
    return [_document(one, (one.stamped_at or one.created_at).astimezone(zone)) for one in rows]


def _document(one: Invoice, at: datetime) -> Document:
    kind = Kind(one.kind)
    total, moneda = received_in_all(one.lines) if kind is Kind.PAGO else (one.total, one.moneda)
    return Document(
        one.pk,
        NAMES[kind].capitalize(),
        one.number,
        short(at),
        total,
        moneda if moneda != "MXN" else "",
        one.state == State.CANCELLED,
    )


def _his(customer_id: int) -> Q:
    return Q(profile__customer_id=customer_id) | Q(receivable__customer_id=customer_id)


def _file(request: HttpRequest, token: str, invoice_id: int, kind: str) -> HttpResponse:
    link = opened(request, token, now=clock.now())
    if isinstance(link, HttpResponse):
        return link
    stamp = _stamp(link, invoice_id)
    if stamp is None:  # somebody else's and one that does not exist look the same
        return page(request, "account/gone", shop=shop_of(request), status=UNKNOWN, may_ask=False, sent=False)
    name = f"{stamp.invoice.rfc}-{stamp.invoice.number}.{kind}"
    return pdf_response(pdf_of(stamp), name=name) if kind == "pdf" else xml_response(bytes(stamp.xml), name=name)


def _stamp(link: AccountLink, invoice_id: int) -> Stamp | None:
    rows = Invoice.objects.filter(_his(link.customer_id), pk=invoice_id, state__in=SHOWN)
    if not rows.exists():
        return None
    found: Stamp | None = Stamp.objects.select_related("invoice__branch").filter(invoice_id=invoice_id).first()
    return found
