"""The note of a ticket on every medium: the same code, QR and deadline on each."""

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from amate.audit.models import Entry
from amate.audit.record import record
from amate.papers.note_text import in_cp850
from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.note import print_note, print_note_escpos, print_note_text
from amate.web import clock
from amate.web.addresses import portal_site, qr_url
from amate.web.api.keys import Bearer, BearerWithJson
from amate.web.api.media import ESCPOS, PDF, TEXT
from amate.web.api.problems import FAULTS, Problem
from amate.web.api.sale import Reason, SaleIn, Source
from amate.web.api.tickets import HELD, REGISTERED, TicketOut, find_by_code, put_ticket, void
from amate.web.files import pdf_response

router = Router(tags=["Notas"])
READ = Bearer("tickets:read")
ANSWERS = {200: None, **FAULTS, 422: Problem}
Roll = Literal["58", "80"]
Paper = Literal["58", "80", "carta"]
Charset = Literal["utf-8", "cp850"]


@router.get(
    "/{code}/note.pdf", auth=READ, response=ANSWERS, openapi_extra=PDF, summary="La nota impresa, con su código y su QR"
)
def note_pdf(request: HttpRequest, code: str, papel: Paper = "80") -> HttpResponse:
    ticket = find_by_code(code)
    pdf = print_note(ticket=ticket, paper=papel, **_addresses(request, ticket))
    _note_print(ticket, "pdf", papel)
    return pdf_response(pdf, name=f"nota-{show_code(ticket.code)}.pdf")


@router.get(
    "/{code}/note.txt",
    auth=READ,
    response=ANSWERS,
    openapi_extra=TEXT,
    summary="La nota como texto, de 32 columnas (58 mm) o 42 (80 mm)",
)
def note_txt(request: HttpRequest, code: str, papel: Roll = "80", charset: Charset = "utf-8") -> HttpResponse:
    ticket = find_by_code(code)
    text = print_note_text(ticket=ticket, paper=papel, **_addresses(request, ticket))
    _note_print(ticket, "txt", papel)
    content = text.encode() if charset == "utf-8" else in_cp850(text)
    return HttpResponse(content, content_type=f"text/plain; charset={charset}")


@router.get(
    "/{code}/note.escpos",
    auth=READ,
    response=ANSWERS,
    openapi_extra=ESCPOS,
    summary="La nota como comandos ESC/POS: envíalos tal cual a la impresora, que dibuja el QR",
)
def note_escpos(request: HttpRequest, code: str, papel: Roll = "80") -> HttpResponse:
    ticket = find_by_code(code)
    commands = print_note_escpos(ticket=ticket, paper=papel, **_addresses(request, ticket))
    _note_print(ticket, "escpos", papel)
    return HttpResponse(commands, content_type="application/octet-stream")


def _note_print(ticket: Ticket, medium: str, paper: str) -> None:
    """The till's first print is the sale's own; from the second on it is one more paper with the same code."""
    about, said = f"ticket:{ticket.pk}", {"medio": medium, "papel": paper}
    if Entry.objects.filter(about=about, act__in=("note.printed", "note.reprinted")).exists():
        record("note.reprinted", about=about, now=clock.now(), **said)
    else:
        record("note.printed", about=about, now=clock.now(), **said)


def _addresses(request: HttpRequest, ticket: Ticket) -> dict[str, str]:
    company = request.company  # type: ignore[attr-defined]
    return {"site": portal_site(company), "qr_url": qr_url(ticket, company=company)}


def _sales_named_so(name: str) -> None:
    """A till may name its sale "note.pdf"; the address is the one of a note then, and only the method differs."""

    @router.put(f"/{{code}}/{name}", auth=BearerWithJson("tickets:write"), response=REGISTERED, include_in_schema=False)
    def put(request: HttpRequest, sale: SaleIn, code: Source) -> HttpResponse:
        return put_ticket(request, sale, source=code, external_id=name)

    @router.delete(f"/{{code}}/{name}", auth=Bearer("tickets:write"), response=HELD, include_in_schema=False)
    def delete(request: HttpRequest, code: Source, reason: Reason = "") -> TicketOut:
        return void(request, source=code, external_id=name, reason=reason)


for _name in ("note.pdf", "note.txt", "note.escpos"):
    _sales_named_so(_name)
