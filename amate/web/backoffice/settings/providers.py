"""Proveedores de pagos: whose keys we have, where their notices come in, and whether they answer."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from amate.access.may import MAY_CONFIGURE
from amate.adapters.payments import ON_PRESS, Way
from amate.billing_cycle.reconciliation.accounts import BadAccount, keep_account
from amate.billing_cycle.reconciliation.choose_formas import METHOD_WORDS, choose_formas, formas_of
from amate.billing_cycle.reconciliation.close_account import change_keys, close_account
from amate.billing_cycle.reconciliation.how_paid import HOW_PAID
from amate.billing_cycle.reconciliation.models import ProviderAccount
from amate.billing_cycle.reconciliation.offer_vouchers import offer_vouchers, ways_of_account, words_of
from amate.billing_cycle.reconciliation.try_account import KIND, ask_account
from amate.promises.models import Promise
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.room import show_setting
from amate.web.clock import now

NAMES = {
    "conekta": "Conekta",
    "digital_femsa": "Digital FEMSA (OXXO Pay)",
    "stripe": "Stripe (OXXO)",
    "paypal": "PayPal",
    "mercado_pago": "Mercado Pago",
}
ROOM = "settings_providers"
FORMAS = sorted(HOW_PAID.items())


class KeysForm(forms.Form):
    private_key = forms.CharField(
        label="Llave privada",
        max_length=300,
        required=False,
        help_text="La guardamos cifrada: nadie la vuelve a ver. En PayPal son dos: el Client ID, dos puntos y el Secret. "
        "En Mercado Pago es el Access Token de producción.",
        widget=forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    webhook_keys = forms.CharField(
        label="Llave de sus avisos",
        required=False,
        max_length=10_000,
        help_text="La que empieza con “-----BEGIN PUBLIC KEY-----”; en Stripe, la que empieza con “whsec_”, que también "
        "guardamos cifrada; en PayPal, el ID del webhook; en Mercado Pago, la clave secreta de sus webhooks. Sin ella no "
        "creemos ningún aviso.",
        widget=forms.Textarea({"rows": 4, "spellcheck": "false", "class": "mono"}),
    )


class VouchersForm(forms.Form):
    formas = forms.MultipleChoiceField(
        label="Con qué se puede pagar cada cargo",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="A quien tenga correo y teléfono se le hace una ficha por cargo, por lo que falta de él. Una de efectivo "
        "lleva de $10 a $10,000.",
    )

    def __init__(self, *said: Any, account: ProviderAccount, **more: Any) -> None:
        super().__init__(*said, **more)
        choices = [(way.value, words_of(account, way)) for way in ways_of_account(account)]
        self.fields["formas"].choices = choices  # type: ignore[attr-defined]
        if account.code in ON_PRESS:
            self.fields["formas"].help_text = "El cliente la pide desde su cuenta, para un cargo, y sirve unas horas."


class FormasForm(forms.Form):
    """One choice for each method that the provider tells."""

    def __init__(self, *said: Any, account: ProviderAccount, **more: Any) -> None:
        super().__init__(*said, **more)
        for method, forma in formas_of(account).items():
            self.fields[method] = forms.ChoiceField(
                label=METHOD_WORDS[method], choices=[(key, f"{key} · {name}") for key, name in FORMAS], initial=forma
            )


class ProviderForm(KeysForm):
    code = forms.ChoiceField(label="Proveedor", choices=list(NAMES.items()))
    name = forms.CharField(
        label="Nombre", max_length=80, error_messages={"required": "Ponle un nombre, para distinguirla de otras"}
    )
    field_order = ("code", "name", "private_key", "webhook_keys")


@require_http_methods(["GET", "HEAD", "POST"])
def providers(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    form = ProviderForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = form.cleaned_data
        rows = ProviderAccount.objects.filter(code=said["code"], name=said["name"].strip(), closed_at__isnull=True)
        if rows.exists():
            form.add_error("name", "Ya hay una con ese nombre.")
        else:
            try:
                kept = keep_account(**said, api_url="", now=now())
            except BadAccount as bad:
                form.add_error(bad.field, str(bad))
            else:
                messages.success(request, f"Guardamos {kept.name}: pruébala.")
                return redirect(address(request, "settings_provider", kept.pk))
    rows = ProviderAccount.objects.filter(closed_at__isnull=True).order_by("name", "id")
    return show_setting(
        request,
        "providers",
        current=ROOM,
        status=422 if form.errors else 200,
        form=form,
        rows=[(one, NAMES.get(one.code, one.code)) for one in rows],
    )


@require_http_methods(["GET", "HEAD", "POST"])
def provider(request: HttpRequest, slug: str, provider_id: int) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    found = _find(provider_id)
    form = (
        KeysForm(request.POST) if request.method == "POST" else KeysForm(initial={"webhook_keys": found.webhook_keys})
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_keys(account_id=found.pk, **form.cleaned_data, now=now())
        except BadAccount as bad:
            form.add_error(bad.field, str(bad))
        else:
            messages.success(request, "Guardamos las llaves: pruébalas.")
            return redirect(address(request, "settings_provider", found.pk))
    notices = reverse("payment_notices", args=[slug, found.pk])
    return show_setting(
        request,
        "provider",
        current=ROOM,
        status=422 if form.errors else 200,
        form=form,
        vouchers=VouchersForm(initial={"formas": found.voucher_ways}, account=found),
        account=found,
        formas=FormasForm(account=found),
        who=NAMES.get(found.code, found.code),
        notices=f"{settings.PUBLIC_URL}{notices}",
        waiting=Promise.objects.open().filter(kind=KIND, args__account_id=found.pk).exists(),
    )


@require_POST
def ask(request: HttpRequest, slug: str, provider_id: int) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    found = _find(provider_id)
    ask_account(account_id=found.pk, now=now())
    messages.info(request, "Le preguntamos: su respuesta aparece aquí en un momento.")
    return redirect(address(request, "settings_provider", found.pk))


@require_POST
def vouchers(request: HttpRequest, slug: str, provider_id: int) -> HttpResponse:
    """Which vouchers are made for each debt."""
    require(request, MAY_CONFIGURE)
    found = _find(provider_id)
    form = VouchersForm(request.POST, account=found)
    if form.is_valid():
        offer_vouchers(account_id=found.pk, ways=[Way(one) for one in form.cleaned_data["formas"]], now=now())
        messages.success(request, "Guardado: las fichas se hacen solas en los próximos minutos.")
    else:
        messages.error(request, "Elige entre las formas que este proveedor ofrece.")
    return redirect(address(request, "settings_provider", found.pk))


@require_POST
def formas(request: HttpRequest, slug: str, provider_id: int) -> HttpResponse:
    """Which forma de pago its payments are invoiced with."""
    require(request, MAY_CONFIGURE)
    found = _find(provider_id)
    form = FormasForm(request.POST, account=found)
    if form.is_valid():
        choose_formas(account_id=found.pk, formas=form.cleaned_data, now=now())
        messages.success(request, "Guardado: vale para los pagos que lleguen desde ahora.")
    else:
        messages.error(request, "Elige una forma de pago del SAT para cada uno.")
    return redirect(address(request, "settings_provider", found.pk))


@require_POST
def close(request: HttpRequest, slug: str, provider_id: int) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    found = close_account(account_id=_find(provider_id).pk, now=now())
    messages.success(request, f"{found.name} quedó desconectado. Lo que cobró se queda como está.")
    return redirect(address(request, ROOM))


def _find(provider_id: int) -> ProviderAccount:
    found = ProviderAccount.objects.filter(pk=provider_id, closed_at__isnull=True).first()
    if found is None:
        raise Http404
    return found
