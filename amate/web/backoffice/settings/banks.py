"""Cuentas de banco: where customers' transfers come in, and whose files are read."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from amate.access.may import MAY_CONFIGURE
from amate.billing_cycle.reconciliation.bank_accounts import BANKS, forget_mapping, keep_bank_account
from amate.billing_cycle.reconciliation.how_paid import BadPayment
from amate.billing_cycle.reconciliation.models import BankAccount
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.room import show_setting
from amate.web.clock import now


class BankForm(forms.Form):
    name = forms.CharField(
        label="Nombre de la cuenta",
        max_length=80,
        help_text="Como la llaman en tu empresa, por ejemplo BBVA cobranza.",
        error_messages={"required": "Ponle un nombre, para distinguirla de otras"},
    )
    bank = forms.ChoiceField(label="Banco", choices=list(BANKS.items()))
    clabe = forms.CharField(
        label="CLABE",
        max_length=24,
        required=False,
        help_text="La que das a tus clientes para que te transfieran.",
        widget=forms.TextInput({"class": "num", "inputmode": "numeric", "autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def banks(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    form = BankForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _keep(request, form, None):
        return redirect(address(request, "settings_banks"))
    rows = BankAccount.objects.order_by("name", "id")
    return show_setting(
        request, "banks", current="settings_banks", status=422 if form.errors else 200, form=form, rows=rows
    )


@require_http_methods(["GET", "HEAD", "POST"])
def bank(request: HttpRequest, slug: str, account_id: int) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    found = _find(account_id)
    first = {"name": found.name, "bank": found.bank, "clabe": found.clabe}
    form = BankForm(request.POST) if request.method == "POST" else BankForm(initial=first)
    if request.method == "POST" and _keep(request, form, found):
        return redirect(address(request, "settings_banks"))
    return show_setting(
        request, "bank", current="settings_banks", status=422 if form.errors else 200, form=form, account=found
    )


@require_POST
def forget(request: HttpRequest, slug: str, account_id: int) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    found = _find(account_id)
    forget_mapping(account=found, now=now())
    messages.success(request, "Sus archivos se reconocen otra vez solos.")
    return redirect(address(request, "settings_bank", found.pk))


def _keep(request: HttpRequest, form: BankForm, account: BankAccount | None) -> bool:
    if not form.is_valid():
        return False
    said: dict[str, Any] = form.cleaned_data
    try:
        kept = keep_bank_account(account=account, name=said["name"], bank=said["bank"], clabe=said["clabe"], now=now())
    except BadPayment as bad:
        form.add_error(bad.field, str(bad))
        return False
    messages.success(request, f"Guardamos {kept.name}.")
    return True


def _find(account_id: int) -> BankAccount:
    found = BankAccount.objects.filter(pk=account_id).first()
    if found is None:
        raise Http404
    return found
