"""Beside the periods: something charged or given back once, and what comes with every period for a while."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from amate.billing_cycle.subscriptions.agreed import Agreed
from amate.billing_cycle.subscriptions.charge_once import Extra, Monthly, add_on, charge_once
from amate.papers.dates import short
from amate.web.backoffice.subscriptions.act import ActOn, act_page
from amate.web.backoffice.subscriptions.new_form import QuantityField
from amate.web.backoffice.subscriptions.one_subscription import to_be_changed
from amate.web.backoffice.subscriptions.plan_form import MoneyField, day_field

_DAY = timedelta(days=1)
CREDIT, PERCENT, AMOUNT, ADDED = "credit", "percent", "amount", "added"
TAXED = "Con los mismos impuestos que su plan: si el precio del plan ya trae el IVA, este también."


class OnceForm(forms.Form):
    kind = forms.ChoiceField(
        label="¿Qué es?", choices=[("", "Un cargo, una sola vez"), (CREDIT, "Una bonificación, en lo que sigue")],
        required=False,
    )  # fmt: skip
    concept = forms.CharField(
        label="Concepto", max_length=1000, error_messages={"required": "Escribe qué se cobra"},
        help_text="Así dirá la factura, como «Visita técnica».",
    )  # fmt: skip
    amount = MoneyField(label="Importe", help_text=TAXED, error_messages={"required": "Escribe el importe"})
    on = day_field("Desde el", help_text="Sale con la corrida de ese día.")


class MonthlyForm(forms.Form):
    kind = forms.ChoiceField(
        label="¿Qué es?",
        choices=[
            (ADDED, "Algo más, con cada periodo"),
            (PERCENT, "Un descuento en porcentaje"),
            (AMOUNT, "Un descuento en pesos"),
        ],
    )
    concept = forms.CharField(
        label="Concepto", max_length=1000, error_messages={"required": "Escribe qué es"},
        help_text="Como «IP fija» o «Promoción de bienvenida». {mes} y {año} se llenan solos.",
    )  # fmt: skip
    amount = MoneyField(label="Importe de cada periodo", required=False, help_text=TAXED)
    percent = QuantityField(label="Porcentaje", required=False, help_text="Como 10, de lo que cuesta el periodo.")
    quantity = QuantityField(label="Cantidad", required=False)
    from_on = day_field("Desde el", help_text="Entra con el primer periodo que empiece ese día o después.")
    last_day = day_field("Hasta el", required=False, help_text="Vacío: mientras dure la suscripción.")

    def monthly(self) -> Monthly:
        said = self.cleaned_data
        last: date | None = said["last_day"]
        percent = said["kind"] == PERCENT
        return Monthly(
            concept=said["concept"].strip(),
            from_on=said["from_on"],
            to_on=last + _DAY if last is not None else None,
            amount=None if percent else said["amount"],
            percent=said["percent"] if percent else None,
            is_discount=said["kind"] in (PERCENT, AMOUNT),
            quantity=said["quantity"] if said["quantity"] is not None else Decimal(1),
        )


@require_http_methods(["GET", "HEAD", "POST"])
def once(request: HttpRequest, slug: str, subscription_id: int) -> HttpResponse:
    here = to_be_changed(request, subscription_id)
    form = OnceForm(request.POST if request.method == "POST" else None, initial={"on": here.today})

    def act(form: OnceForm, key: str) -> Any:
        said = form.cleaned_data
        extra = Extra(
            key=f"office:{key}",
            concept=said["concept"].strip(),
            amount=said["amount"],
            on=max(said["on"], here.today),
            is_credit=said["kind"] == CREDIT,
        )
        return partial(
            charge_once, subscription_id=here.subscription.pk, extra=extra, today=here.today, now=here.moment
        )

    def says(form: OnceForm, agreed: Agreed) -> list[str]:
        if form.cleaned_data["kind"] == CREDIT:
            return ["Se descuenta del siguiente cobro, y lo que sobre, del que sigue."]
        return ["Se cobra una sola vez. Si hoy se le cobra algo más, va en la misma cuenta por pagar."]

    kind = ActOn(
        title="Cobrar o bonificar una vez",
        means="Fuera de lo que paga cada periodo: una visita, un equipo, una disculpa.",
        button="Registrar",
        done="Quedó registrado.",
        act=act,
        says=says,
    )
    return act_page(request, here, kind, form)


@require_http_methods(["GET", "HEAD", "POST"])
def every_period(request: HttpRequest, slug: str, subscription_id: int) -> HttpResponse:
    here = to_be_changed(request, subscription_id)
    form = MonthlyForm(
        request.POST if request.method == "POST" else None, initial={"from_on": here.today, "quantity": "1"}
    )

    def act(form: MonthlyForm, key: str) -> Any:
        return partial(add_on, subscription_id=here.subscription.pk, monthly=form.monthly(), now=here.moment)

    def says(form: MonthlyForm, agreed: Agreed) -> list[str]:
        monthly = form.monthly()
        if monthly.to_on is None:
            return ["Va con cada periodo mientras dure la suscripción."]
        return [f"Se quita solo después del {short(monthly.to_on - _DAY)}."]

    kind = ActOn(
        title="Agregar o descontar en cada periodo",
        means="Se suma o se resta de cada cobro, y termina solo en su día.",
        button="Agregar",
        done="Quedó agregado.",
        act=act,
        says=says,
        fields={"to_on": "last_day"},
    )
    return act_page(request, here, kind, form)
