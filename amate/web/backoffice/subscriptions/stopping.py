"""A customer leaves, or stays after all."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from amate.billing_cycle.service.models import Service
from amate.billing_cycle.subscriptions.agreed import Agreed
from amate.billing_cycle.subscriptions.give_back import billed_past
from amate.billing_cycle.subscriptions.models import SubscriptionState
from amate.billing_cycle.subscriptions.stop import stay, stop
from amate.ledger.models import Receivable
from amate.papers.dates import short
from amate.web.backoffice.subscriptions.act import ActOn, act_page
from amate.web.backoffice.subscriptions.one_subscription import to_be_changed
from amate.web.backoffice.subscriptions.plan_form import day_field

_DAY = timedelta(days=1)
PAID, TODAY, DAY = "paid", "today", "day"


class StopForm(forms.Form):
    when = forms.ChoiceField(
        label="¿Cuándo termina?",
        choices=[(PAID, "Cuando acabe lo que ya se le cobró"), (TODAY, "Hoy"), (DAY, "Otro día")],
    )
    last_day = day_field("Último día con servicio", required=False, help_text="Solo con «Otro día».")
    reason = forms.CharField(
        label="Por qué se va",
        max_length=300,
        error_messages={"required": "Escribe por qué se va: ayuda a que otros se queden"},
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("when") == DAY and not said.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", "Elige su último día con servicio")
        return said

    def first_day_without(self, today: date) -> date | None:
        """None: at the end of what is billed."""
        said = self.cleaned_data
        if said["when"] == PAID:
            return None
        return today if said["when"] == TODAY else said["last_day"] + _DAY


@require_http_methods(["GET", "HEAD", "POST"])
def stop_one(request: HttpRequest, slug: str, subscription_id: int) -> HttpResponse:
    here = to_be_changed(request, subscription_id)
    form = StopForm(request.POST if request.method == "POST" else None, initial={"when": PAID})

    def act(form: StopForm, key: str) -> Any:
        return partial(
            stop,
            subscription_id=here.subscription.pk,
            on=form.first_day_without(here.today),
            reason=form.cleaned_data["reason"],
            today=here.today,
            now=here.moment,
        )

    def says(form: StopForm, agreed: Agreed) -> list[str]:
        one = agreed.subscription
        owing = Receivable.objects.unpaid().filter(customer_id=one.payer_id).exists()
        said = ["Lo que debe lo sigue debiendo: la baja no lo perdona."] if owing else []
        names = Service.objects.live().filter(subscription=one).order_by("id").values_list("name", flat=True)
        if names:
            said.append(f"Ese día se apaga: {', '.join(names)}.")
        past = billed_past(agreed, max(one.ends_on or here.today, here.today))
        if past:
            said.append(f"De lo ya cobrado, ${past:,.2f} son de días sin servicio: no se devuelven solos.")
        if one.state != SubscriptionState.ACTIVE:
            return ["Termina hoy y no se le vuelve a cobrar.", *said]
        assert one.ends_on is not None
        if one.ends_on <= here.today:
            return ["Termina hoy; falta cobrar lo que ya tuvo.", *said]
        return [f"Último día con servicio: {short(one.ends_on - _DAY)}. Hasta entonces sigue igual.", *said]

    kind = ActOn(
        title="Dar de baja",
        means=(
            "Lo ya cobrado después de su último día no se devuelve solo: si quieres devolverlo, haz una nota de crédito de "
            "su factura. Mientras no llegue ese día puedes quitar la baja."
        ),
        button="Dar de baja",
        done="La baja quedó registrada.",
        act=act,
        says=says,
        fields={"on": "last_day"},
    )
    return act_page(request, here, kind, form)


@require_http_methods(["GET", "HEAD", "POST"])
def stay_one(request: HttpRequest, slug: str, subscription_id: int) -> HttpResponse:
    here = to_be_changed(request, subscription_id)
    form = forms.Form(request.POST if request.method == "POST" else None)

    def act(form: forms.Form, key: str) -> Any:
        return partial(stay, subscription_id=here.subscription.pk, today=here.today, now=here.moment)

    kind = ActOn(
        title="Quitar la baja",
        means="Se queda: se le sigue cobrando como antes de pedir la baja.",
        button="Quitar la baja",
        done="Se queda: la baja ya no está.",
        act=act,
    )
    return act_page(request, here, kind, form)
