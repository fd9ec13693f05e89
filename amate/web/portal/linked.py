"""By the link of the mail: the two files, without code, account or RFC. A GET takes nothing away, so that whoever looks
at a mail before its reader (a scanner does) spoils nothing."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amate.fiscal.catalogs import name_of
from amate.fiscal.clock import zone_of
from amate.invoices.acuses import acuse_of
from amate.invoices.deliver import resend_invoice
from amate.invoices.links import find_link
from amate.invoices.models import DownloadLink, State
from amate.invoices.pdf import pdf_of
from amate.promises.kinds import MAIL
from amate.self_invoicing.models import Claim
from amate.self_invoicing.visits import open_proved_visit
from amate.web import clock
from amate.web.files import pdf_response, xml_response
from amate.web.portal.done import masked
from amate.web.portal.guard import count_miss, guess_of, must_wait
from amate.web.portal.language import in_full
from amate.web.portal.page import page
from amate.web.portal.shop import shop_of
from amate.web.portal.visit import hand_over
from amate.web.portal.waiting import too_many
from amate.web.sends import PORTAL, count_send, sends_must_wait

UNKNOWN, EXPIRED = 404, 410


@require_http_methods(["GET", "HEAD", "POST"])
def linked(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Its page; posted to when it has expired, the same address of mail gets another."""
    now = clock.now()
    link = _opened(request, token, now=now)
    if isinstance(link, HttpResponse):
        return link
    if request.method == "POST":
        return redirect(request.path)
    invoice = link.invoice
    assert invoice.stamped_at is not None  # nothing is mailed before
    zone = zone_of(invoice.branch.cp)
    return page(
        request,
        "linked",
        shop=shop_of(request).at(invoice.branch),
        invoice=invoice,
        cancelled=invoice.state == State.CANCELLED,
        has_acuse=acuse_of(invoice) is not None,
        uuid=str(invoice.uuid).upper(),
        stamped=in_full(invoice.stamped_at.astimezone(zone)),
        until=in_full(link.expires_at.astimezone(zone)).partition(",")[0],
        forma_pago=name_of("forma_pago", invoice.forma_pago),
        token=token,
        is_of_a_note=Claim.objects.live().filter(invoice=invoice).exists(),
        kilobytes=max(round(len(bytes(invoice.stamp.xml)) / 1000), 1),
    )


@require_POST
def linked_correct(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Whoever has the link has the invoice and all that is in it: he corrects it as one who came with code and RFC."""
    now = clock.now()
    link = _opened(request, token, now=now)
    if isinstance(link, HttpResponse):
        return link
    opened = open_proved_visit(invoice=link.invoice, now=now)
    if opened is None:  # cancelled or replaced since the page was drawn, which says so anew
        return redirect("portal:linked", slug, token)
    return hand_over(request, opened[1], to="correct")


@require_safe
def linked_pdf(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    return _file(request, token, "pdf")


@require_safe
def linked_xml(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    return _file(request, token, "xml")


@require_safe
def linked_acuse(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """What the SAT signed when it was cancelled: its receiver's accountant asks for it."""
    link = _opened(request, token, now=clock.now())
    if isinstance(link, HttpResponse):
        return link
    acuse = acuse_of(link.invoice)
    if acuse is None:
        return redirect("portal:linked", slug, token)
    return xml_response(acuse, name=f"{link.invoice.rfc}-{link.invoice.number}-acuse.xml")


def _file(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    now = clock.now()
    link = _opened(request, token, now=now)
    if isinstance(link, HttpResponse):
        return link
    stamp = link.invoice.stamp
    name = f"{link.invoice.rfc}-{link.invoice.number}.{kind}"
    return pdf_response(pdf_of(stamp), name=name) if kind == "pdf" else xml_response(bytes(stamp.xml), name=name)


def _opened(request: HttpRequest, token: str, *, now: datetime) -> DownloadLink | HttpResponse:
    """One that opens, or the answer that whoever came with it gets."""
    link = _find(request, token, now=now)
    if link is None or (isinstance(link, DownloadLink) and not link.opens(now)):
        return _gone(request, link, now=now)
    return link


def _find(request: HttpRequest, token: str, *, now: datetime) -> DownloadLink | HttpResponse | None:
    """Who guesses waits, as at the code. An answer instead of a link is what he gets."""
    guess = guess_of(request, code=token[:100])
    if wait := must_wait(guess, now=now):
        return too_many(request, shop_of(request), wait, now=now)
    link = find_link(token)
    if link is None:
        count_miss(request, guess, now=now, refuse=lambda wait: too_many(request, shop_of(request), wait, now=now))
    return link


def _gone(request: HttpRequest, link: DownloadLink | None, *, now: datetime) -> HttpResponse:
    """Unknown and taken back look alike; of an expired one another is mailed, to whom it was mailed before."""
    may_ask = link is not None and link.revoked_at is None and link.invoice.state == State.STAMPED
    sent, trouble = False, ""
    if link is not None and may_ask and request.method == "POST":
        about = f"invoice:{link.invoice_id}"
        if sends_must_wait(PORTAL, about, now=now):
            trouble = "Ya la enviamos varias veces. Espera una hora."
        else:
            resend_invoice(invoice_id=link.invoice_id, to=link.correo, priority=MAIL, now=now)
            count_send(request, PORTAL, about, now=now)
            sent = True
    return page(
        request,
        "link_gone",
        shop=shop_of(request),
        status=200 if sent else EXPIRED if may_ask else UNKNOWN,
        may_ask=may_ask and not sent,
        sent=sent,
        trouble=trouble,
        to=masked(link.correo) if link is not None and may_ask else "",
    )
