"""The search box of the frame: pages, notes, invoices and customers of this company. What is typed is written nowhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from amate.access.may import MAY_SEE_CODES
from amate.customers.models import Customer
from amate.customers.search import search as find_customers
from amate.invoices.models import Invoice
from amate.invoices.search import Found, find_invoices
from amate.self_invoicing.queries import tickets_in
from amate.self_invoicing.request_folio import read_request_folio
from amate.self_invoicing.search import find_tickets
from amate.web.backoffice.keyset import asked
from amate.web.backoffice.page import address, show
from amate.web.backoffice.places import places_for, places_named
from amate.web.backoffice.roles import may
from amate.web.backoffice.rows import Pill, invoice_rows, ticket_rows
from amate.web.clock import now

IN_THE_LIST = 5
ON_THE_PAGE = 20


@dataclass(frozen=True, slots=True)
class Hit:
    text: str
    detail: str
    url: str
    pill: Pill | None = None


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class Answer:
    """`straight`: the one thing that was named in full, by a code, a folio or a UUID."""

    groups: list[Group]
    straight: str = ""


@require_safe
def search(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; with `vista=lista` only its results, as the palette shows them."""
    text = asked(request, "q")["q"]
    as_list = request.GET.get("vista") == "lista"
    answer = _find(request, text, most=IN_THE_LIST if as_list else ON_THE_PAGE, moment=now())
    if as_list:
        facts = {"groups": answer.groups, "text": text, "count": sum(len(one.hits) for one in answer.groups)}
        return render(request, "office/search_list.html", facts)
    if answer.straight:
        return redirect(answer.straight)
    return show(request, "office/search.html", room="", text=text, groups=answer.groups)


def _of_request(text: str) -> Found | None:
    """By the folio that the portal showed while it was issued."""
    asked = read_request_folio(text)
    if asked is None or not Invoice.objects.filter(pk=asked).exists():
        return None
    return Found(ids=(asked,), exact=asked)


def _find(request: HttpRequest, text: str, *, most: int, moment: datetime) -> Answer:
    if not text:
        return Answer([Group("Ir a", [_place(request, one) for one in places_for(request)])])
    tickets = find_tickets(text=text, most=most, part_of_code=may(request, MAY_SEE_CODES))
    invoices = _of_request(text) or find_invoices(text=text, most=most)
    groups = [
        Group("Ir a", [_place(request, one) for one in places_named(request, text)[:most]]),
        Group("Notas", _tickets(request, tickets.ids, moment=moment)),
        Group("Facturas", _invoices(request, invoices.ids)),
        Group("Clientes", [_customer(request, one) for one in find_customers(text=text, limit=most)]),
    ]
    straight = ""
    if tickets.exact is not None and invoices.exact is None:
        straight = address(request, "ticket", tickets.exact)
    if invoices.exact is not None and tickets.exact is None:
        straight = address(request, "invoice", invoices.exact)
    return Answer([one for one in groups if one.hits], straight)


def _place(request: HttpRequest, one: Any) -> Hit:
    return Hit(one.label, "", one.url(request))


def _tickets(request: HttpRequest, ids: tuple[int, ...], *, moment: datetime) -> list[Hit]:
    if not ids:
        return []
    found = ticket_rows(tickets_in().filter(pk__in=ids), now=moment, sees_codes=may(request, MAY_SEE_CODES))
    rows = {row.id: row for row in found}
    return [
        Hit(
            f"Nota {row.folio}",
            f"{row.code} · {row.sold} · ${row.total:,.2f}",
            address(request, "ticket", row.id),
            row.pill,
        )
        for row in (rows[pk] for pk in ids if pk in rows)
    ]


def _invoices(request: HttpRequest, ids: tuple[int, ...]) -> list[Hit]:
    if not ids:
        return []
    rows = {row.id: row for row in invoice_rows(Invoice.objects.select_related("branch").filter(pk__in=ids))}
    return [
        Hit(
            f"Factura {row.number}",
            f"{row.nombre} · {row.rfc} · {row.created} · ${row.total:,.2f}",
            address(request, "invoice", row.id),
            row.pill,
        )
        for row in (rows[pk] for pk in ids if pk in rows)
    ]


def _customer(request: HttpRequest, one: Customer) -> Hit:
    return Hit(one.nombre, one.rfc or one.correo, address(request, "customer", one.pk))
