"""Proposals of fiscal data for verified customers: the inbox, and one beside what we have."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from amate.access.may import MAY_KEEP_CUSTOMERS
from amate.customers.add import FILE, RfcTaken
from amate.customers.current import current_of
from amate.customers.fingerprint import Changed, of_customer
from amate.customers.models import FiscalProfile
from amate.customers.queries import proposals
from amate.customers.review import review_proposal
from amate.customers.rules import FISCAL
from amate.invoices.models import Invoice
from amate.papers.dates import short
from amate.web.backoffice.customer import LABELS, in_words, origin_in_words
from amate.web.backoffice.customer_edit import CHANGED
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import may, require
from amate.web.clock import now

SHOWN = 100


@dataclass(frozen=True, slots=True)
class ProposalRow:
    id: int
    nombre: str
    rfc: str
    changes: str
    origin: str
    when: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One datum beside the other."""

    label: str
    ours: str
    theirs: str
    differs: bool


@require_safe
def inbox(request: HttpRequest, slug: str) -> HttpResponse:
    found = list(proposals()[: SHOWN + 1])
    customers = [one.customer_id for one in found]
    current = {one.customer_id: one for one in FiscalProfile.objects.current().filter(customer__in=customers)}
    zone = office_zone()
    return show(
        request,
        "office/customers/proposals.html",
        room="customers",
        rows=[
            ProposalRow(
                id=one.pk,
                nombre=one.customer.nombre,
                rfc=one.customer.rfc,
                changes=", ".join(pair.label for pair in pairs(current.get(one.customer_id), one) if pair.differs),
                origin=origin_in_words(one.origin),
                when=short(one.proposed_at.astimezone(zone)),
            )
            for one in found[:SHOWN]
        ],
        more=len(found) > SHOWN,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, slug: str, profile_id: int) -> HttpResponse:
    """Side by side; a POST takes it or keeps what we have."""
    found = _find(profile_id)
    if request.method != "POST":
        return _page(request, found)
    require(request, MAY_KEEP_CUSTOMERS)
    take = request.POST.get("decision") == "tomar"
    if not take and request.POST.get("decision") != "conservar":
        return _page(request, found, wrong="Elige si tomas los datos propuestos o conservas los tuyos")
    try:
        customer, decided = review_proposal(
            profile_id=found.pk, take=take, seen=request.POST.get("visto", ""), now=now()
        )
    except Changed:
        fresh = _find(profile_id)
        return _page(request, fresh, wrong=CHANGED)
    except RfcTaken as taken:
        return _page(request, found, wrong=f"{taken}. Une los dos clientes en vez de tomar estos datos")
    if not decided:
        messages.info(request, "Alguien ya había decidido sobre esta propuesta.")
    elif take:
        messages.success(request, f"{customer.nombre} ya tiene los datos nuevos. Los de antes quedan en su historial.")
    else:
        messages.success(request, "Se quedan los datos que tenías. La factura ya emitida no cambia.")
    left = proposals().exists()
    return redirect(address(request, "proposals") if left else address(request, "customer", customer.pk))


def pairs(ours: FiscalProfile | None, theirs: FiscalProfile) -> list[Pair]:
    found = []
    for name in FISCAL:
        mine, said = str(getattr(ours, name, "")), str(getattr(theirs, name))
        if mine or said:
            shown = (in_words(name, mine) or "vacío", in_words(name, said) or "vacío")
            found.append(Pair(LABELS[name], *shown, differs=mine != said))
    return found


def _find(profile_id: int) -> FiscalProfile:
    rows = FiscalProfile.objects.select_related("customer").filter(pk=profile_id, confirmed_at__isnull=False)
    found: FiscalProfile | None = rows.first()
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, found: FiscalProfile, *, wrong: str = "") -> HttpResponse:
    customer = found.customer
    assert customer is not None  # a constraint: what is confirmed has a customer
    current = current_of(customer)
    waits = found.accepted_at is None and found.dismissed_at is None
    return show(
        request,
        "office/customers/proposal.html",
        room="customers",
        status=422 if wrong else 200,
        proposal=found,
        customer=customer,
        pairs=pairs(current, found),
        origin=origin_in_words(found.origin),
        from_file=found.origin.startswith(FILE),
        invoice=Invoice.objects.filter(profile=found).order_by("-id").first(),
        seen=of_customer(customer, current),
        waits=waits,
        wrong=wrong,
        may_keep=may(request, MAY_KEEP_CUSTOMERS),
    )
