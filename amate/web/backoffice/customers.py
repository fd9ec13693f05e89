"""Clientes: the list, found by whatever somebody has at hand."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.access.may import MAY_KEEP_CUSTOMERS
from amate.customers.models import Customer
from amate.customers.queries import proposals
from amate.customers.rules import is_real
from amate.desk.customer_list import CUSTOMERS
from amate.fiscal.rfc import GENERIC_EXTRANJERO, GENERIC_NACIONAL
from amate.papers.dates import short
from amate.web.backoffice.lists import around, page_of, read
from amate.web.backoffice.page import show
from amate.web.backoffice.roles import may
from amate.web.backoffice.rows import Pill

MOST_COUNTED = 99
NOBODYS = {GENERIC_NACIONAL: "Público en general", GENERIC_EXTRANJERO: "Extranjero"}


@dataclass(frozen=True, slots=True)
class CustomerRow:
    id: int
    number: int
    nombre: str
    rfc: str
    correo: str
    since: str
    pill: Pill


@require_safe
def customers(request: HttpRequest, slug: str) -> HttpResponse:
    asked = read(request, CUSTOMERS)
    page = page_of(asked, request)
    return show(
        request,
        "office/customers/list.html",
        room="customers",
        rows=[
            CustomerRow(
                id=one.pk,
                number=one.number,
                nombre=one.nombre,
                rfc=one.rfc,
                correo=one.correo,
                since=short(one.created_at.astimezone(asked.at.zone)),
                pill=Pill("Por revisar", "warn") if one.proposed else customer_pill(one),
            )
            for one in page.rows
        ],
        page=page,
        list=around(request, asked),
        waiting_proposals=proposals()[: MOST_COUNTED + 1].count(),
        may_keep=may(request, MAY_KEEP_CUSTOMERS),
    )


def customer_pill(one: Customer) -> Pill:
    if not is_real(one.rfc):
        return Pill(NOBODYS.get(one.rfc, "Sin RFC"), "")
    return Pill("Verificado", "ok") if one.verified_at else Pill("Confirmado por el SAT", "")
