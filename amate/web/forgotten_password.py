"""«Olvidé mi contraseña»: the same answer, as fast, whether or not anybody has that address."""

from datetime import datetime
from functools import partial

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from amate.access.forgotten_password import ask_reset, find_forgetful
from amate.access.limit import Limit, hit, seconds_to_wait
from amate.audit.models import ActorKind
from amate.audit.record import Actor, acting
from amate.web.clock import now
from amate.web.guesses import in_words
from amate.web.mail_address import MailField
from amate.web.network import network_of
from amate.web.tell import in_first_company

NETWORK = Limit("reset-network", 20, 3600)
# Beyond it no more mails go out and the page says the same: whoever has that mailbox holds a link that is good.
MAILBOX = Limit("reset-mailbox", 3, 3600)


class ForgottenForm(forms.Form):
    email = MailField(
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={"required": "Escribe tu correo"},
    )


class AnswersFirst(HttpResponseRedirect):
    """What follows is done when the answer has left: how long it takes tells nobody whether there is such an account."""

    def __init__(self, to: str, *, then: partial[None]) -> None:
        super().__init__(to)
        self.then = then

    def close(self) -> None:
        try:
            self.then()
        finally:
            super().close()


@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        moment = now()
        buckets = ((NETWORK, network_of(request)),)
        if hit(*buckets[0], now=moment):
            who = Actor(ActorKind.VISITOR, "", str(getattr(request, "request_id", "")))
            then = partial(_owe, form.cleaned_data["email"], by=who, now=moment)
            return AnswersFirst(reverse("account_reset_password_done"), then=then)
        wait = in_words(seconds_to_wait(buckets, now=moment))
        form.add_error(None, f"Demasiados intentos. Espera {wait} y vuelve a intentar")
    return render(request, "account/password_reset.html", {"form": form}, status=422 if form.errors else 200)


def _owe(email: str, *, by: Actor, now: datetime) -> None:
    user = find_forgetful(email)
    if user is not None and hit(MAILBOX, str(user.pk), now=now):
        with acting(by):
            in_first_company(user, partial(ask_reset, user=user, now=now))
