"""Days without service that somebody asked for, and going on again."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.billing_cycle.subscriptions.agreed import Agreed
from amate.billing_cycle.subscriptions.models import PauseKind
from amate.billing_cycle.subscriptions.pause import PauseOf, pause, resume
from amate.papers.dates import short
from amate.web.backoffice.page import address
from amate.web.backoffice.subscriptions.act import ActOn, act_page
from amate.web.backoffice.subscriptions.one_subscription import to_be_changed
from amate.web.backoffice.subscriptions.plan_form import day_field

_DAY = timedelta(days=1)
FREE, PAID = "free", "paid"
POLICIES = (
    (FREE, "No se cobra: lo ya cobrado de esos días se le descuenta de lo que sigue"),
    ("kept", "No se cobra lo que venga, y lo ya cobrado se queda como está"),
    (PAID, "Se cobra igual: solo se apaga el servicio"),
)


class PauseForm(forms.Form):
    from_on = day_field("Sin servicio desde el")
    last_day = day_field("Último día sin servicio", required=False, help_text="Vacío: hasta que alguien lo reanude.")
    policy = forms.ChoiceField(label="¿Qué se cobra de esos días?", choices=POLICIES)
    moves = forms.ChoiceField(
        label="¿Y su día de cobro?",
        choices=[("", "Sigue siendo el mismo"), ("1", "Empieza de nuevo el día que regresa")],
        required=False,
    )
    reason = forms.CharField(label="Por qué", max_length=300, required=False, help_text="Queda en su historial.")

    def asked(self) -> PauseOf:
        said = self.cleaned_data
        last: date | None = said["last_day"]
        return PauseOf(
            from_on=said["from_on"],
            to_on=last + _DAY if last is not None else None,
            charges=said["policy"] == PAID,
            credits=said["policy"] == FREE,
            moves_anchor=said["moves"] == "1",
            reason=said["reason"].strip(),
        )


class ResumeForm(forms.Form):
    on = day_field("Con servicio otra vez desde el")


@require_http_methods(["GET", "HEAD", "POST"])
def pause_one(request: HttpRequest, slug: str, subscription_id: int) -> HttpResponse:
    here = to_be_changed(request, subscription_id)
    form = PauseForm(
        request.POST if request.method == "POST" else None, initial={"from_on": here.today, "policy": FREE}
    )

    def act(form: PauseForm, key: str) -> Any:
        return partial(
            pause, subscription_id=here.subscription.pk, asked=form.asked(), today=here.today, now=here.moment
        )

    def says(form: PauseForm, agreed: Agreed) -> list[str]:
        asked = form.asked()
        if asked.to_on is None:
            return [f"Sin servicio desde el {short(asked.from_on)}, hasta que alguien lo reanude."]
        days = (asked.to_on - asked.from_on).days
        return [f"{days} {'día' if days == 1 else 'días'} sin servicio; regresa el {short(asked.to_on)}."]

    kind = ActOn(
        title="Poner en pausa",
        means="Lo que ya debe lo sigue debiendo. Puedes reanudarla antes en cualquier momento.",
        button="Poner en pausa",
        done="La suscripción queda en pausa esos días.",
        act=act,
        says=says,
        fields={"to_on": "last_day", "moves_anchor": "moves"},
    )
    return act_page(request, here, kind, form)


@require_http_methods(["GET", "HEAD", "POST"])
def resume_one(request: HttpRequest, slug: str, subscription_id: int) -> HttpResponse:
    here = to_be_changed(request, subscription_id)
    if not any(
        one.kind == PauseKind.PAUSE and (one.to_on is None or one.to_on > here.today) for one in here.agreed.pauses
    ):
        messages.info(request, "Esta suscripción no tiene ninguna pausa por terminar.")
        return redirect(address(request, "subscription", here.subscription.pk))
    form = ResumeForm(request.POST if request.method == "POST" else None, initial={"on": here.today})

    def act(form: ResumeForm, key: str) -> Any:
        on = form.cleaned_data["on"]
        return partial(resume, subscription_id=here.subscription.pk, on=on, today=here.today, now=here.moment)

    kind = ActOn(
        title="Reanudar",
        means="La pausa termina ese día. Los días de un periodo que se descontaron y ahora sí tiene se cobran.",
        button="Reanudar",
        done="La suscripción sigue desde ese día.",
        act=act,
        says=lambda form, agreed: [f"Con servicio desde el {short(form.cleaned_data['on'])}."],
    )
    return act_page(request, here, kind, form)
