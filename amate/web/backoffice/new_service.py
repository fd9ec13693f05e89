"""Somebody's service is written down: in which system it is, and how that system calls it."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_KEEP_CUSTOMERS
from amate.billing_cycle.service.add import NameInUse, add_service
from amate.billing_cycle.service.models import SwitchAccount
from amate.billing_cycle.subscriptions.models import Subscription
from amate.customers.models import Customer
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import require
from amate.web.backoffice.served import find_payer
from amate.web.clock import now


class ServiceForm(forms.Form):
    name = forms.CharField(
        label="Qué servicio es",
        max_length=120,
        help_text="Como lo entiende el cliente: Internet de la casa, Buzón de ventas.",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Escribe qué servicio es"},
    )
    sistema = forms.ChoiceField(
        label="En qué sistema está",
        error_messages={"required": "Elige el sistema", "invalid_choice": "Elige el sistema"},
    )
    external_id = forms.CharField(
        label="Cómo lo llama ese sistema",
        max_length=120,
        help_text="Su usuario, línea o número allá: con eso se corta y se reactiva.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Escribe cómo lo llama ese sistema"},
    )
    suscripcion = forms.ChoiceField(
        label="De qué suscripción es",
        required=False,
        help_text="Así no se le cobran los días que estuvo cortado, si tus reglas lo dicen.",
        error_messages={"invalid_choice": "Elige una de sus suscripciones"},
    )

    def __init__(self, customer: Customer, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        systems = SwitchAccount.objects.order_by("name").values_list("pk", "name")
        self.systems = [(str(pk), name) for pk, name in systems]
        agreed = Subscription.objects.active().filter(payer=customer).order_by("id")
        subscriptions = [("", "De ninguna"), *((str(one.pk), str(one)) for one in agreed)]
        for name, choices in (("sistema", self.systems), ("suscripcion", subscriptions)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


@require_http_methods(["GET", "HEAD", "POST"])
def new_service(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    require(request, MAY_KEEP_CUSTOMERS)
    customer = find_payer(customer_id)
    form, status = ServiceForm(customer), 200
    if request.method == "POST":
        form, status = ServiceForm(customer, request.POST), 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                made = add_service(
                    customer_id=customer.pk,
                    subscription_id=int(said["suscripcion"]) if said["suscripcion"] else None,
                    switch=SwitchAccount.objects.get(pk=said["sistema"]),
                    external_id=said["external_id"].strip(),
                    name=said["name"].strip(),
                    now=now(),
                )
            except NameInUse as why:
                form.add_error("external_id", str(why))
            else:
                messages.success(request, f"Desde ahora {made.name} sigue las reglas de corte.")
                return redirect(address(request, "service", made.pk))
    return show(
        request,
        "office/service_new.html",
        room="services",
        status=status,
        customer=customer,
        form=form,
        systems=bool(form.systems),
    )
