"""The door (V1): by a typed code and total, or by the QR, which asks for nothing it carries."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from amate.companies.policies import portal_today
from amate.papers.codes import qr_svg
from amate.self_invoicing.codes import read_code
from amate.self_invoicing.queries import find_ticket
from amate.self_invoicing.rules_by_place import rules_by_place
from amate.self_invoicing.tallies import SCANNED, TYPED, tally
from amate.web import clock
from amate.web.portal.code_form import MISTYPED, NO_MATCH, CodeForm
from amate.web.portal.find_note import look_over, look_up
from amate.web.portal.guard import count_miss, guess_of, must_wait
from amate.web.portal.page import page
from amate.web.portal.recent import remember, remembered
from amate.web.portal.shop import Shop, shop_of, zone_of_the_shop
from amate.web.portal.visit import receive
from amate.web.portal.waiting import ends

SAMPLE = "7K4M9QXW2TRP"
# bigint holds more, but no note does.
MOST_CENTS = 10**14

# Why somebody was led here, told at the top of the page: (words, whether they are an error).
REASONS = {
    "otra": ("Escribe el código de la otra nota. Tus datos fiscales ya están listos.", False),
    "visita": ("Tu visita terminó. Escribe otra vez tu código: si ya tenías tu factura, ahí sigue.", False),
    "qr": (NO_MATCH, True),
    "reciente": ("Escribe otra vez el código y el total de tu nota.", False),
    "qr-ilegible": (MISTYPED, True),
}


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, slug: str) -> HttpResponse:
    now = clock.now()
    shop = shop_of(request)
    if request.method != "POST":
        return _draw(request, shop, CodeForm(auto_id="%s"), now=now, reason=request.GET.get("aviso", ""))
    form = CodeForm(request.POST, auto_id="%s")
    if not look_over(form, now=now):
        return _draw(request, shop, form, now=now)
    found = look_up(request, shop, form, now=now)
    if isinstance(found, HttpResponse):
        return found
    if found is None:
        known, cents = form.cleaned_data["codigo"], form.cleaned_data["total"]
        form.no_match()
        return remember(_draw(request, shop, form, now=now, may_wait=True), request, code=known, cents=cents)
    return receive(request, ticket=found, by=TYPED, now=now)


@require_GET
def scanned(request: HttpRequest, slug: str, code: str, cents: int) -> HttpResponse:
    """No page: it checks, opens the visit and redirects, so that no address keeps the code."""
    now = clock.now()
    shop = shop_of(request)
    known = read_code(code)
    if known is None or cents > MOST_CENTS:
        tally("X2", branch_id=None, now=now)
        return redirect(f"{shop.url('code')}?aviso=qr-ilegible")
    guess = guess_of(request, code=known)
    if wait := must_wait(guess, now=now):
        tally("X3", branch_id=None, now=now)
        return redirect(ends(shop, wait, now=now))
    ticket = find_ticket(code=known, total_cents=cents)
    if ticket is None:
        tally("X1", branch_id=None, now=now)
        count_miss(request, guess, now=now, refuse=lambda wait: redirect(ends(shop, wait, now=now)))
        return remember(redirect(f"{shop.url('code')}?aviso=qr"), request, code=known, cents=cents)
    return receive(request, ticket=ticket, by=SCANNED, now=now)


def _draw(
    request: HttpRequest, shop: Shop, form: CodeForm, *, now: datetime, reason: str = "", may_wait: bool = False
) -> HttpResponse:
    portal = portal_today(day=now.astimezone(zone_of_the_shop()).date())
    words, wrong = REASONS.get(reason, ("", False))
    return page(
        request,
        "code",
        shop=shop,
        status=422 if form.errors or wrong else 200,
        form=form,
        trouble=words if wrong else "",
        news="" if wrong else words,
        paused=not portal.is_open,
        may_wait=portal.is_open and (may_wait or (reason == "qr" and remembered(request) is not None)),
        rules=rules_by_place(portal.places),
        sample=SAMPLE,
        qr=mark_safe(qr_svg(request.build_absolute_uri(shop.url("code")))),  # noqa: S308 drawn by us from our own address
    )
