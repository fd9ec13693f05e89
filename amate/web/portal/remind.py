"""Ahora no, recuérdamelo (FEATURES 67): whoever stops at his note may leave a mail to be told once before it expires."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.limit import Limit
from amate.self_invoicing.remind_expiry import keep_reminder, may_be_reminded
from amate.web.mail_address import MailField
from amate.web.portal.page import page
from amate.web.portal.purchase import purchase_of
from amate.web.portal.visit import Here, Place, only_at
from amate.web.sends import count_send, sends_must_wait

OF_A_MAIL = Limit("portal-reminder-mail", 5, 86_400)


class ReminderForm(forms.Form):
    correo = MailField(
        label="Correo electrónico",
        help_text="Solo para este aviso: después lo borramos.",
        error_messages={"required": "Escribe tu correo"},
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@only_at(Place.DETAILS)
def remind(request: HttpRequest, here: Here) -> HttpResponse:
    if not may_be_reminded(here.ticket, now=here.now):
        return redirect(here.shop.url("details"))
    if request.method != "POST":
        form = ReminderForm(auto_id="%s", initial={"correo": here.correo})
        return _draw(request, here, form, kept=request.GET.get("listo") == "1")
    form = ReminderForm(request.POST, auto_id="%s")
    if not form.is_valid():
        return _draw(request, here, form)
    correo = form.cleaned_data["correo"]
    who = f"{here.shop.slug}:{correo.lower()}"
    if sends_must_wait(OF_A_MAIL, who, now=here.now):
        form.add_error("correo", "Ya guardamos varios avisos para ese correo. Intenta mañana")
        return _draw(request, here, form)
    keep_reminder(ticket=here.ticket, correo=correo, now=here.now)
    count_send(request, OF_A_MAIL, who, now=here.now)
    return redirect(f"{here.shop.url('remind')}?listo=1")


def _draw(request: HttpRequest, here: Here, form: ReminderForm, *, kept: bool = False) -> HttpResponse:
    return page(
        request,
        "remind",
        shop=here.shop,
        status=422 if form.errors else 200,
        form=form,
        kept=kept,
        purchase=purchase_of(here.ticket, now=here.now),
    )
