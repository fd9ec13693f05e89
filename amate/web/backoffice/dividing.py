"""One note among several buyers: by shares of everything, or so many of each line to each; and whole again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from amate.access.may import MAY_SELL
from amate.fiscal.clock import zone_of
from amate.fiscal.divided import MOST_PARTS
from amate.invoices.lines import lines_from_json
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.rejoin import NotRejoinable, rejoin_ticket
from amate.self_invoicing.split import NotSplittable, split_ticket, why_not_split
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import require
from amate.web.backoffice.tickets import find_ticket
from amate.web.clock import now
from amate.web.dividing_forms import MOST_LINES, PiecesForm, SharesForm, parts_asked


@require_http_methods(["GET", "HEAD", "POST"])
def divide(request: HttpRequest, slug: str, ticket_id: int) -> HttpResponse:
    require(request, MAY_SELL)
    found, posted = find_ticket(ticket_id), request.method == "POST"
    if posted and found.state == Ticket.State.SPLIT:  # pressed twice
        return _done(request, found)
    if why_not := why_not_split(found, now=now()):
        messages.error(request, why_not)
        return redirect(address(request, "ticket", found.pk))
    parts = parts_asked(request.GET.get("partes", ""))
    sales = lines_from_json(found.lines)
    by_pieces = posted and request.POST.get("accion") == "piezas"
    shares = SharesForm(request.POST if posted and not by_pieces else None, parts=parts)
    pieces = PiecesForm(request.POST if by_pieces else None, parts=parts, sales=sales[:MOST_LINES])
    form: SharesForm | PiecesForm = pieces if by_pieces else shares
    if posted and form.is_valid():
        try:
            split_ticket(ticket_id=found.pk, division=form.division, now=now())
        except NotSplittable as refused:
            form.add_error(None, str(refused))
        else:
            return _done(request, found)
    return show(
        request,
        "office/ticket_divide.html",
        room="tickets",
        zone=zone_of(found.branch.cp),
        status=422 if posted else 200,
        ticket=found,
        parts=parts,
        choices=range(2, MOST_PARTS + 1),
        shares=shares,
        pieces=pieces if len(sales) <= MOST_LINES else None,
        form=form,
    )


@require_POST
def rejoin(request: HttpRequest, slug: str, ticket_id: int) -> HttpResponse:
    require(request, MAY_SELL)
    found = find_ticket(ticket_id)
    try:
        rejoin_ticket(ticket_id=found.pk, now=now())
    except NotRejoinable as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, "Está entera otra vez, con su código y su fecha de antes. Los de sus partes ya no sirven."
        )
    return redirect(address(request, "ticket", found.pk))


def _done(request: HttpRequest, found: Ticket) -> HttpResponse:
    messages.success(request, "La dividimos. Da a cada quien el código de su parte, o imprime su nota.")
    return redirect(address(request, "ticket", found.pk))
