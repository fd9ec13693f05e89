"""Who comes with the link of a mail: one that opens, or what everybody else sees. A GET never spends anything."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse

from amate.billing_cycle.statements.links import find_link
from amate.billing_cycle.statements.models import AccountLink, Purpose
from amate.billing_cycle.statements.send_link import promise_account
from amate.companies.day import zone_of_company
from amate.web.portal.done import masked
from amate.web.portal.guard import count_miss, guess_of, must_wait
from amate.web.portal.language import in_full
from amate.web.portal.page import page
from amate.web.portal.shop import shop_of
from amate.web.portal.waiting import too_many
from amate.web.sends import PORTAL, count_send, sends_must_wait

UNKNOWN, EXPIRED = 404, 410
ANOTHER = "otro"  # the button of a page that is gone; a form that came late has none
DID = {
    Purpose.REPORT: "Ya recibimos tu aviso de pago",
    Purpose.PROMISE: "Ya anotamos tu fecha de pago",
    Purpose.FISCAL: "Ya recibimos tus datos fiscales",
}


def opened(request: HttpRequest, token: str, *, now: datetime, acts: bool = False) -> AccountLink | HttpResponse:
    """One that opens, or the answer that whoever came with it gets. Who guesses waits, as at the code of a note."""
    guess = guess_of(request, code=token[:100])
    if wait := must_wait(guess, now=now):
        return too_many(request, shop_of(request), wait, now=now)
    link = find_link(token, acts=acts)
    if link is None:
        count_miss(request, guess, now=now, refuse=lambda wait: too_many(request, shop_of(request), wait, now=now))
    if link is None or not link.opens(now):
        return gone(request, link, now=now)
    return link


def gone(request: HttpRequest, link: AccountLink | None, *, now: datetime) -> HttpResponse:
    """Unknown and taken back look alike. Of one that was used it is said what it did: who presses twice is no stranger to
    it. Of that and of one that expired another page is mailed to whom it was mailed, if that is what was pressed."""
    may_ask = link is not None and link.revoked_at is None
    used_at = link.used_at if link is not None and may_ask else None
    sent, trouble = False, ""
    if link is not None and may_ask and request.method == "POST" and ANOTHER in request.POST:
        about = f"account:{link.customer_id}"
        if sends_must_wait(PORTAL, about, now=now):
            trouble = "Ya lo enviamos varias veces. Espera una hora."
        else:
            promise_account(customer_id=link.customer_id, to=link.correo, now=now)
            count_send(request, PORTAL, about, now=now)
            sent = True
    return page(
        request,
        "account/gone",
        shop=shop_of(request),
        status=200 if sent or used_at else EXPIRED if may_ask else UNKNOWN,
        may_ask=may_ask and not sent,
        did=DID.get(Purpose(link.purpose), "") if link is not None and used_at else "",
        used_at=in_full(used_at.astimezone(zone_of_company())) if used_at else "",
        unsaved=request.method == "POST" and ANOTHER not in request.POST,
        sent=sent,
        trouble=trouble,
        another=ANOTHER,
        to=masked(link.correo) if link is not None and may_ask else "",
    )
