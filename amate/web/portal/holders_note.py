"""The note again, for whoever holds it (FEATURES 14): code and total, or its QR, were the proof. Same code and deadline."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.access.limit import Limit
from amate.audit.record import record
from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.note import print_note
from amate.web.addresses import portal_site, qr_url
from amate.web.files import shown_pdf
from amate.web.portal.visit import Here, Place, only_at
from amate.web.portal.waiting import too_many
from amate.web.sends import count_send, sends_must_wait

PRINTS = Limit("portal-print-note", 12, 3_600)
PAPERS = ("80", "carta")  # who has a roll of 58 mm is a till, not a buyer


@require_safe
@only_at(*Place)
def holders_note(request: HttpRequest, here: Here) -> HttpResponse:
    """What the company cancelled is not handed out again: it would look like a sale."""
    paper = request.GET.get("papel", "80")
    if paper not in PAPERS or here.ticket.state == Ticket.State.VOID:
        raise Http404
    about = f"ticket:{here.ticket.pk}"
    if wait := sends_must_wait(PRINTS, about, now=here.now):
        return too_many(request, here.shop, wait, now=here.now, why="prints")
    company = request.company  # type: ignore[attr-defined]
    address = qr_url(here.ticket, company=company)
    pdf = print_note(ticket=here.ticket, site=portal_site(company), qr_url=address, paper=paper)
    count_send(request, PRINTS, about, now=here.now)
    record("note.reprinted", about=about, now=here.now, papel=paper)
    return shown_pdf(pdf, name=f"nota-{show_code(here.ticket.code)}.pdf")
