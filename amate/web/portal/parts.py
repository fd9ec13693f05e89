"""The parts of a divided note, for whoever has its own code and total: the way on is through one of them (FEATURES 38)."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.queries import live_invoice_of, parts_of, state_of
from amate.web.portal.divide import may_rejoin
from amate.web.portal.language import in_full
from amate.web.portal.page import page
from amate.web.portal.visit import Here, Place, only_at

# Who has a part, and what for, is between him and the shop.
WORDS = {
    "issuing": "Ya se está facturando",
    "invoiced": "Ya tiene factura",
    "in_global": "Está en la factura global de la tienda",
    "expired": "Ya pasó su plazo: pide su factura en la tienda",
    "locked": "La tienda la está revisando",
    "void": "Se canceló",
    "split": "Se dividió otra vez",
}


@dataclass(frozen=True, slots=True)
class Part:
    """`code` and `url` only of one that can still be invoiced here."""

    folio: str
    total: Decimal
    words: str
    code: str
    url: str


@require_safe
@only_at(Place.PARTS)
def parts(request: HttpRequest, here: Here) -> HttpResponse:
    found = parts_of(here.ticket)
    rows = [_part(here, one) for one in found]
    return page(
        request,
        "parts",
        shop=here.shop,
        ticket=here.ticket,
        rows=rows,
        deadline=in_full(here.ticket.deadline.astimezone(here.zone)),
        may_rejoin=may_rejoin(here, found),
        any_open=any(one.url for one in rows),
    )


def _part(here: Here, part: Ticket) -> Part:
    state = state_of(part, invoice=live_invoice_of(part), now=here.now)
    if state != "open":
        return Part(part.folio, part.total, WORDS[state], "", "")
    url = reverse("portal:scanned", args=[here.shop.slug, part.code, part.total_cents])
    return Part(part.folio, part.total, "", show_code(part.code), url)
