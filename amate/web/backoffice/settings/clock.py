"""Reloj de pruebas: of a sandbox company; of a real one the page only says so. Where its clock stands, on to another day, and what happened on the way."""

from datetime import date, datetime, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_CONFIGURE
from amate.billing_cycle.collection.models import Notice
from amate.billing_cycle.service.models import CutDecision, Hold
from amate.billing_cycle.subscriptions.models import Period
from amate.companies.day import day_of
from amate.companies.jump_clock import FARTHEST, NoJump, jump_clock
from amate.companies.models import SandboxClock
from amate.invoices.models import Invoice
from amate.ledger.models import Payment, PaymentKind
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.room import show_setting
from amate.web.clock import now

TOMORROW, FIRST, DAYS = "manana", "primero", "dias"


class JumpForm(forms.Form):
    to = forms.ChoiceField(
        label="Hasta cuándo",
        choices=[(TOMORROW, "Mañana"), (FIRST, "El día 1 que viene"), (DAYS, "Los días que diga")],
        initial=TOMORROW,
        widget=forms.RadioSelect,
        error_messages={"required": "Elige hasta cuándo"},
    )
    days = forms.IntegerField(
        label="Cuántos días",
        required=False,
        min_value=1,
        max_value=FARTHEST.days,
        error_messages={
            "invalid": "Escribe cuántos días, como 10",
            "min_value": "Escribe 1 día o más",
            "max_value": "Avanza a lo más un año por vez",
        },
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )

    def clean_days(self) -> int | None:
        days: int | None = self.cleaned_data.get("days")
        if self.cleaned_data.get("to") == DAYS and days is None:
            raise forms.ValidationError("Escribe cuántos días, como 10")
        return days

    def day(self, today: date) -> date:
        """Where to, of a valid form."""
        if self.cleaned_data["to"] == FIRST:
            return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        days = self.cleaned_data["days"] if self.cleaned_data["to"] == DAYS else 1
        return today + timedelta(days=days)


@require_http_methods(["GET", "HEAD", "POST"])
def clock(request: HttpRequest, slug: str) -> HttpResponse:
    """Setting out is all the web does: the worker lives through the days."""
    require(request, MAY_CONFIGURE)
    moment = now()
    today = day_of(moment)
    form = JumpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            jump_clock(to=form.day(today), today=today, now=moment)
        except NoJump as stays:
            form.add_error(None, str(stays))
        else:
            messages.success(request, "El reloj va en camino: vive cada día hasta llegar.")
            return redirect(address(request, "settings_clock"))
    stands: SandboxClock | None = SandboxClock.objects.first()
    return show_setting(
        request,
        "clock",
        current="settings_clock",
        status=422 if form.errors else 200,
        form=form,
        is_sandbox=request.company.sandbox,  # type: ignore[attr-defined]
        moment=moment,
        stands=stands,
        since=stands.began_at if stands else None,
        happened=happened_since(stands.began_at) if stands and stands.began_at else [],
    )


def happened_since(began: datetime) -> list[tuple[str, int]]:
    """What the wheel did, in the order in which it turns."""
    return [
        ("Periodos cobrados", Period.objects.filter(made_at__gte=began).count()),
        ("Documentos timbrados", Invoice.objects.filter(stamped_at__gte=began).count()),
        ("Avisos a clientes", Notice.objects.filter(claimed_at__gte=began).count()),
        ("Pagos recibidos", Payment.objects.filter(kind=PaymentKind.MONEY, created_at__gte=began).count()),
        ("Clientes cortados", CutDecision.objects.filter(created_at__gte=began).count()),
        ("Servicios reconectados", Hold.objects.filter(lifted_at__gte=began, reason="nonpayment").count()),
    ]
