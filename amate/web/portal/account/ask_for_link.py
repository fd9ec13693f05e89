"""Mi cuenta: whoever says a mail gets its link there, if it is a customer's. The answer is the same for everybody."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from amate.access.limit import Limit, seconds_to_wait
from amate.billing_cycle.statements.send_link import ask_for_accounts
from amate.web import clock
from amate.web.mail_address import MailField
from amate.web.network import network_of
from amate.web.portal.page import page
from amate.web.portal.shop import shop_of
from amate.web.portal.waiting import too_many
from amate.web.sends import count_send, sends_must_wait

# A telephone company's customers leave by one address: each mail has its own limit, and this one only stops a flood.
OF_A_NETWORK = Limit("account-ask-network", 300, 3_600)
OF_A_MAIL = Limit("account-ask-mail", 3, 3_600)


class MailForm(forms.Form):
    correo = MailField(
        label="Correo electrónico",
        help_text="El que le diste a la empresa.",
        error_messages={"required": "Escribe tu correo"},
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_link(request: HttpRequest, slug: str) -> HttpResponse:
    now, shop = clock.now(), shop_of(request)
    if request.method != "POST":
        return page(request, "account/ask", shop=shop, form=MailForm(auto_id="%s"), sent=False)
    form = MailForm(request.POST, auto_id="%s")
    if not form.is_valid():
        return page(request, "account/ask", shop=shop, status=422, form=form, sent=False)
    here = f"{shop.slug}:{network_of(request)}"
    if wait := seconds_to_wait(((OF_A_NETWORK, here),), now=now):
        return too_many(request, shop, wait, now=now, why="links")
    correo = form.cleaned_data["correo"].lower()
    who = f"{shop.slug}:{correo}"
    if not sends_must_wait(OF_A_MAIL, who, now=now):
        ask_for_accounts(correo=correo, now=now)
    count_send(request, OF_A_MAIL, who, now=now)
    count_send(request, OF_A_NETWORK, here, now=now)
    return page(request, "account/ask", shop=shop, form=form, sent=True, to=correo)
