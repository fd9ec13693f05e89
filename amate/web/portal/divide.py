"""Whoever holds a note divides it himself, where the company's rules let him, and unites it while nobody has a part."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from amate.access.limit import Limit
from amate.companies.policies import policy_on
from amate.fiscal.divided import MOST_PARTS
from amate.invoices.lines import lines_from_json
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.rejoin import NotRejoinable, rejoin_ticket, why_not_rejoined
from amate.self_invoicing.rules import Standing
from amate.self_invoicing.split import NotSplittable, split_ticket, why_not_split
from amate.web.dividing_forms import MOST_LINES, PiecesForm, SharesForm, parts_asked
from amate.web.portal.page import page
from amate.web.portal.visit import Here, Place, only_at
from amate.web.sends import count_send, sends_must_wait

# Of one note: each time makes rows that stay.
DIVISIONS = Limit("portal-divide-note", 6, 86_400)
OFTEN = "Esta nota ya se dividió varias veces hoy: pide a la tienda que lo haga, o intenta mañana."


def may_divide(here: Here) -> bool:
    """Together with other notes it is one invoice, and no longer one note."""
    if here.standing is not Standing.CLAIMABLE or here.visit.also:
        return False
    return here.policy is not None and here.policy.may_split


def may_rejoin(here: Here, parts: list[Ticket]) -> bool:
    policy = policy_on(branch_id=here.ticket.branch_id, day=here.now.astimezone(here.zone).date())
    return policy is not None and policy.may_split and not why_not_rejoined(parts, now=here.now)


@require_http_methods(["GET", "HEAD", "POST"])
@only_at(Place.DETAILS)
def divide(request: HttpRequest, here: Here) -> HttpResponse:
    if not may_divide(here) or why_not_split(here.ticket, now=here.now):
        return redirect(here.shop.url("details"))
    parts = parts_asked(request.GET.get("partes", ""))
    posted, by_pieces = request.method == "POST", request.POST.get("accion") == "piezas"
    sales = lines_from_json(here.ticket.lines)
    shares = SharesForm(request.POST if posted and not by_pieces else None, parts=parts, auto_id="%s")
    pieces = PiecesForm(request.POST if by_pieces else None, parts=parts, sales=sales[:MOST_LINES], auto_id="%s")
    form: SharesForm | PiecesForm = pieces if by_pieces else shares
    if posted and form.is_valid():
        about = f"ticket:{here.ticket.pk}"
        if sends_must_wait(DIVISIONS, about, now=here.now):
            form.add_error(None, OFTEN)
        else:
            try:
                split_ticket(ticket_id=here.ticket.pk, division=form.division, now=here.now)
            except NotSplittable as refused:
                form.add_error(None, str(refused))
            else:
                count_send(request, DIVISIONS, about, now=here.now)
                return redirect(here.shop.url("parts"))
    return page(
        request,
        "divide",
        shop=here.shop,
        status=422 if posted else 200,
        parts=parts,
        choices=range(2, MOST_PARTS + 1),
        shares=shares,
        pieces=pieces if len(sales) <= MOST_LINES else None,
        form=form,
        purchase=here.purchase,
    )


@require_POST
@only_at(Place.PARTS)
def rejoin(request: HttpRequest, here: Here) -> HttpResponse:
    policy = policy_on(branch_id=here.ticket.branch_id, day=here.now.astimezone(here.zone).date())
    if policy is None or not policy.may_split:
        return redirect(here.shop.url("parts"))
    try:
        rejoin_ticket(ticket_id=here.ticket.pk, now=here.now)
    except NotRejoinable:  # the page of its parts shows which one somebody has
        return redirect(here.shop.url("parts"))
    return redirect(here.shop.url("details"))
