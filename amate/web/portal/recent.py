"""Mi compra es reciente (V6): the note is in his hand and not here yet. His data are reviewed now and invoiced when it comes.

The code and the total wait in a signed cookie of this browser, so that no address keeps them. Every answer is the same
whether the code is unknown or its total is another (OUTSIDE GRD-2), and every request counts as a guess.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amate.access.limit import Limit
from amate.companies.policies import Portal, hours_awaited, portal_today, stamps_an_hour
from amate.fiscal.catalogs import name_of
from amate.self_invoicing.await_sale import await_sale
from amate.self_invoicing.codes import show_code
from amate.web import clock
from amate.web.fiscal_form import FIELDS, FiscalForm, as_typed
from amate.web.mail_address import MailField
from amate.web.portal.guard import count_miss, count_stamp, guess_of, must_wait, stamps_must_wait
from amate.web.portal.legal import PRIVACY_VERSION
from amate.web.portal.page import page
from amate.web.portal.shop import Shop, address, shop_of, zone_of_the_shop
from amate.web.portal.waiting import too_many
from amate.web.sends import count_send, sends_must_wait

COOKIE = "amate_reciente"
AN_HOUR = 3_600
# Each request may send one mail, to an address that nobody has proved.
OF_A_MAIL = Limit("portal-awaited-mail", 5, 86_400)


class RecentForm(FiscalForm):
    """Nobody will be at a page when the sale comes: the mail is the only way to tell him."""

    correo = MailField(
        label="Correo electrónico",
        help_text="Ahí te llegan el PDF y el XML cuando la venta llegue, o el aviso de que no llegó.",
        error_messages={"required": "Escribe tu correo: ahí te llegará tu factura"},
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )


def remember(answer: HttpResponse, request: HttpRequest, *, code: str, cents: int) -> HttpResponse:
    """What was typed or scanned and is not here, for an hour."""
    answer.set_signed_cookie(
        COOKIE,
        f"{code}/{cents}",
        salt=_salt(request),
        max_age=AN_HOUR,
        path=address(request, "code"),
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def remembered(request: HttpRequest) -> tuple[str, int] | None:
    said = request.get_signed_cookie(COOKIE, None, salt=_salt(request), max_age=AN_HOUR)
    code, _, cents = (said or "").partition("/")
    return (code, int(cents)) if code else None


@require_http_methods(["GET", "HEAD", "POST"])
def recent(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; sent, its review; the review sent, the request is kept. Nothing typed is kept before."""
    now, shop = clock.now(), shop_of(request)
    portal = portal_today(day=now.astimezone(zone_of_the_shop()).date())
    wanted = remembered(request)
    if wanted is None or not portal.is_open:
        return redirect(f"{shop.url('code')}?aviso=reciente")
    form = _form(portal, shop, as_typed(request.POST), keep=request.POST.get("conservar") == "1")
    step = request.POST.get("paso", "")
    if request.method != "POST" or step == "cambiar":
        return _draw(request, shop, form.quiet(), wanted)
    if not form.is_valid():
        return _draw(request, shop, form, wanted)
    if step == "guardar":
        return _keep(request, shop, form, portal, wanted, now=now)
    return _review(request, shop, form, portal, wanted)


@require_POST
def recent_fiscal(request: HttpRequest, slug: str) -> HttpResponse:
    """The choices that depend on the RFC and the regime, for htmx."""
    shop = shop_of(request)
    portal = portal_today(day=clock.now().astimezone(zone_of_the_shop()).date())
    return page(request, "fiscal", shop=shop, form=_form(portal, shop, request.POST, keep=False).quiet(), live=True)


@require_safe
def recent_kept(request: HttpRequest, slug: str) -> HttpResponse:
    portal = portal_today(day=clock.now().astimezone(zone_of_the_shop()).date())
    return page(request, "recent_kept", shop=shop_of(request), hours=hours_awaited(portal.policy))


def _form(portal: Portal, shop: Shop, typed: Any, *, keep: bool) -> RecentForm:
    """No branch is known yet: the company's own rules say which uses are offered."""
    policy = portal.policy
    offered, favoured = ((policy.usos or None), policy.default_uso) if policy else (None, "")
    form = RecentForm(typed, offered=offered, refresh=shop.url("recent_fiscal"), favoured=favoured)
    form.keep_suffix = keep
    return form


def _keep(
    request: HttpRequest, shop: Shop, form: RecentForm, portal: Portal, wanted: tuple[str, int], *, now: datetime
) -> HttpResponse:
    assert form.receptor is not None  # is_valid
    code, cents = wanted
    receptor, correo = form.receptor.receptor, form.cleaned_data["correo"].lower()
    guess, most = guess_of(request, code=code), stamps_an_hour(portal.policy)
    if wait := must_wait(guess, now=now):
        return too_many(request, shop, wait, now=now)
    if wait := stamps_must_wait(request, receptor.rfc, most=most, now=now):
        return too_many(request, shop, wait, now=now, why="stamps")
    who = f"{shop.slug}:{correo}"
    if wait := sends_must_wait(OF_A_MAIL, who, now=now):
        return too_many(request, shop, wait, now=now)
    await_sale(code=code, total_cents=cents, receptor=receptor, correo=correo, policy=portal.policy, now=now)
    count_miss(request, guess, now=now, refuse=None)
    count_stamp(request, receptor.rfc, most=most, now=now)
    count_send(request, OF_A_MAIL, who, now=now)
    answer = redirect(shop.url("recent_kept"))
    answer.delete_cookie(COOKIE, path=address(request, "code"), samesite="Lax")
    return answer


def _review(
    request: HttpRequest, shop: Shop, form: RecentForm, portal: Portal, wanted: tuple[str, int]
) -> HttpResponse:
    read = form.receptor
    assert read is not None  # is_valid
    return page(
        request,
        "recent_review",
        shop=shop,
        who=read.receptor,
        regimen=name_of("regimen_fiscal", read.receptor.regimen_fiscal),
        uso=name_of("uso_cfdi", read.receptor.uso_cfdi),
        suffix=read.suffix_removed,
        keep_suffix=form.keep_suffix,
        warnings=list(read.warnings.values()),
        correo=form.cleaned_data["correo"],
        typed=[(name, form.data[name]) for name in FIELDS],
        hours=hours_awaited(portal.policy),
        privacy_version=PRIVACY_VERSION,
        **_said(wanted),
    )


def _draw(request: HttpRequest, shop: Shop, form: RecentForm, wanted: tuple[str, int]) -> HttpResponse:
    return page(request, "recent", shop=shop, status=422 if form.errors else 200, form=form, **_said(wanted))


def _said(wanted: tuple[str, int]) -> dict[str, Any]:
    code, cents = wanted
    return {"code": show_code(code), "total": f"{cents // 100:,}.{cents % 100:02}"}


def _salt(request: HttpRequest) -> str:
    return f"amate.web.portal.recent:{request.company.pk}"  # type: ignore[attr-defined]
