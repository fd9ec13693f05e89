"""Pay one debt on a page of a provider's, which is made now: a button, a moment, and the way there (ACC-2)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from amate.billing_cycle.reconciliation.make_page import (
    NothingToPay,
    ask_page,
    came_back,
    debt_at,
    key_of,
    page_of_debt,
)
from amate.promises.models import Promise
from amate.web import clock
from amate.web.portal.account.opened import opened
from amate.web.portal.guard import count_miss, guess_of, must_wait
from amate.web.portal.page import page
from amate.web.portal.shop import shop_of
from amate.web.portal.waiting import too_many

NAMES = {"paypal": "PayPal"}
UNKNOWN = 404


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, slug: str, token: str, account_id: int, receivable_id: int) -> HttpResponse:
    """Posted to, the page is asked for; shown again, there is the way to it. A form may lead to no other site (CSP), so the
    way is a link."""
    now = clock.now()
    link = opened(request, token, now=now)
    if isinstance(link, HttpResponse):
        return link
    asked = {"customer_id": link.customer_id, "receivable_id": receivable_id, "account_id": account_id}
    try:
        if request.method == "POST":
            ask_page(**asked, now=now)
            return redirect(request.path)
        account, debt, concept = debt_at(**asked)
    except NothingToPay:
        return page(request, "account/pay", shop=shop_of(request), status=UNKNOWN, token=token, phase="nothing")
    there = page_of_debt(account=account, debt=debt, now=now)
    owed = Promise.objects.open().filter(key=key_of(account_id=account.pk, receivable_id=receivable_id)).first()
    return page(
        request,
        "account/pay",
        shop=shop_of(request),
        token=token,
        phase=_phase(there is not None, owed),
        who=NAMES.get(account.code, account.name),
        left=debt.left,
        concept=concept,
        url="" if there is None else str(there.facts.get("url", "")),
    )


def _phase(there: bool, owed: Promise | None) -> str:
    if there:
        return "ready"
    if owed is None:
        return "ask"
    return "away" if owed.last_error else "making"


@require_safe
def back(request: HttpRequest, slug: str, reference: str, token: str) -> HttpResponse:
    """Where the provider's page leads back to. Whether he paid is asked of the provider, not of him."""
    now, shop = clock.now(), shop_of(request)
    guess = guess_of(request, code=token[:100])
    if wait := must_wait(guess, now=now):
        return too_many(request, shop, wait, now=now)
    if not came_back(reference=reference, token=token, now=now):
        count_miss(request, guess, now=now, refuse=lambda wait: too_many(request, shop, wait, now=now))
        return page(request, "account/pay", shop=shop, status=UNKNOWN, phase="nothing")
    return page(request, "account/pay", shop=shop, phase="back")
