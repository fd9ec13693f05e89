"""The address a person enters with: asked for here, confirmed from the new mailbox."""

from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from amate.access.change_mail import ChangeGone, ask_mail_change, asked_for, change_mail
from amate.access.limit import Limit, hit
from amate.web.clock import now
from amate.web.mail_address import MailField
from amate.web.note_logins import note_mail_changed
from amate.web.tell import in_first_company, tell

ASKED = Limit("mail-change", 5, 3600)


class NewMailForm(forms.Form):
    correo = MailField(
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Escribe tu correo nuevo"},
    )

    def __init__(self, *said: Any, before: str, **more: Any) -> None:
        super().__init__(*said, **more)
        self.before = before

    def clean_correo(self) -> str:
        typed = str(self.cleaned_data["correo"]).lower()
        if typed == self.before:
            raise forms.ValidationError("Con ese correo ya entras: escribe el nuevo")
        return typed


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The same answer whether or not somebody else has that address: only its mailbox learns more."""
    user: Any = request.user
    form = NewMailForm(request.POST if request.method == "POST" else None, before=user.email)
    if form.is_valid():
        moment, to = now(), form.cleaned_data["correo"]
        if not hit(ASKED, str(user.pk), now=moment):
            form.add_error("correo", "Pediste demasiados cambios. Espera una hora y vuelve a intentar")
        elif in_first_company(user, partial(ask_mail_change, user=user, to=to, now=moment)):
            return render(request, "account/mail_change_sent.html", {"to": to})
        else:
            form.add_error("correo", "Tu cuenta no pertenece a ninguna empresa y nadie puede enviarte el enlace")
    return render(request, "account/mail_change.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the new address; a POST makes it the one."""
    user: Any = request.user
    try:
        to = asked_for(token, user=user)
        if request.method != "POST":
            return render(request, "account/mail_change_confirm.html", {"to": to})
        with transaction.atomic():
            before = change_mail(token=token, user=user, keep=request.session.session_key)
    except (ChangeGone, IntegrityError):  # somebody else took that address this very moment
        return render(request, "account/mail_change_gone.html", status=404)
    note_mail_changed(request, user, before=before)
    tell(user, "mail_changed", to=before)
    messages.success(request, f"Desde ahora entras con {to}.")
    return redirect("mfa_index")
