"""Who comes with the link of a mail: one that opens, or what everybody else sees. A GET never spends anything."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse

from amate.billing_cycle.statements.links import find_link
from amate.billing_cycle.statements.models import AccountLink
from amate.billing_cycle.statements.send_link import promise_account
from amate.web.portal.done import masked
from amate.web.portal.guard import count_miss, guess_of, must_wait
from amate.web.portal.page import page
from amate.web.portal.shop import shop_of
from amate.web.portal.waiting import too_many
from amate.web.sends import PORTAL, count_send, sends_must_wait

UNKNOWN, EXPIRED = 404, 410


def opened(request: HttpRequest, token: str, *, now: datetime, acts: bool = False) -> AccountLink | HttpResponse:
    """One that opens, or the answer that whoever came with it gets. Who guesses waits, as at the code of a note."""
    guess = guess_of(request, code=token[:100])
    if wait := must_wait(guess, now=now):
        return too_many(request, shop_of(request), wait, now=now)
    link = find_link(token, acts=acts)
    if link is None:
        count_miss(request, guess, now=now, refuse=lambda wait: too_many(request, shop_of(request), wait, now=now))
    if link is None or not link.opens(now):
        return _gone(request, link, now=now)
    return link


def _gone(request: HttpRequest, link: AccountLink | None, *, now: datetime) -> HttpResponse:
    """Unknown and taken back look alike; of one that expired or was used another page is mailed, to whom it was mailed."""
    may_ask = link is not None and link.revoked_at is None
    sent, trouble = False, ""
    if link is not None and may_ask and request.method == "POST":
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
        status=200 if sent else EXPIRED if may_ask else UNKNOWN,
        may_ask=may_ask and not sent,
        used=link is not None and link.used_at is not None,
        sent=sent,
        trouble=trouble,
        to=masked(link.correo) if link is not None and may_ask else "",
    )
