"""Mis compras (FEATURES 39): whoever says a mail gets the list of what was mailed there, if anything was. The answer is the same
for everybody."""

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from amate.access.limit import Limit, seconds_to_wait
from amate.fiscal.clock import zone_of
from amate.invoices.models import Invoice, State
from amate.self_invoicing.my_purchases import MOST, Purchase, ask_for_purchases, find_purchases_link, purchases_of
from amate.web import clock
from amate.web.mail_address import MailField
from amate.web.network import network_of
from amate.web.portal.guard import count_miss, guess_of, must_wait
from amate.web.portal.language import in_full
from amate.web.portal.page import page
from amate.web.portal.shop import Shop, shop_of
from amate.web.portal.waiting import too_many
from amate.web.sends import count_send, sends_must_wait

# A telephone company's customers leave by one address: each mail has its own limit, and this one only stops a flood.
OF_A_NETWORK = Limit("purchases-ask-network", 300, 3_600)
OF_A_MAIL = Limit("purchases-ask-mail", 3, 3_600)


class MailForm(forms.Form):
    correo = MailField(
        label="Correo electrónico",
        help_text="El que pusiste al pedir tus facturas.",
        error_messages={"required": "Escribe tu correo"},
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """`day`: of the stamp, where it was bought. `url`: of its own page, which mails another link if this one is over."""

    invoice: Invoice
    day: str
    cancelled: bool
    opens: bool
    url: str


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    now, shop = clock.now(), shop_of(request)
    if request.method != "POST":
        gone = request.GET.get("aviso") == "vencido"
        return page(request, "purchases_ask", shop=shop, form=MailForm(auto_id="%s"), sent=False, gone=gone)
    form = MailForm(request.POST, auto_id="%s")
    if not form.is_valid():
        return page(request, "purchases_ask", shop=shop, status=422, form=form, sent=False)
    here = f"{shop.slug}:{network_of(request)}"
    if wait := seconds_to_wait(((OF_A_NETWORK, here),), now=now):
        return too_many(request, shop, wait, now=now, why="links")
    correo = form.cleaned_data["correo"]
    who = f"{shop.slug}:{correo.lower()}"
    if not sends_must_wait(OF_A_MAIL, who, now=now):
        ask_for_purchases(correo=correo, now=now)
    count_send(request, OF_A_MAIL, who, now=now)
    count_send(request, OF_A_NETWORK, here, now=now)
    return page(request, "purchases_ask", shop=shop, form=form, sent=True, to=correo)


@require_safe
def purchases(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """A GET takes nothing away: a scanner may look at a mail before its reader."""
    now, shop = clock.now(), shop_of(request)
    guess = guess_of(request, code=token[:100])
    if wait := must_wait(guess, now=now):
        return too_many(request, shop, wait, now=now)
    link = find_purchases_link(token, now=now)
    if link is None:
        count_miss(request, guess, now=now, refuse=lambda wait: too_many(request, shop, wait, now=now))
        return redirect(f"{shop.url('purchases_ask')}?aviso=vencido")
    found = purchases_of(link.correo, now=now)
    return page(
        request,
        "purchases",
        shop=shop,
        rows=[_row(one, shop) for one in found],
        most=MOST if len(found) == MOST else 0,
        correo=link.correo,
        until=in_full(link.expires_at.astimezone(zone_of(found[0].invoice.branch.cp))) if found else "",
    )


def _row(one: Purchase, shop: Shop) -> Row:
    invoice = one.invoice
    assert invoice.stamped_at is not None  # nothing is mailed before
    return Row(
        invoice,
        in_full(invoice.stamped_at.astimezone(zone_of(invoice.branch.cp))).partition(",")[0],
        invoice.state == State.CANCELLED,
        one.opens,
        reverse("portal:linked", args=[shop.slug, one.token]),
    )
