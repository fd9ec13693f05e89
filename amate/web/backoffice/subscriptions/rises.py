"""Subir precios: many plans at once from a day on. Who pays it and how much more is seen first; then it is decided."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from amate.access.may import MAY_KEEP_SUBSCRIPTIONS
from amate.billing_cycle.subscriptions.models import Plan, PriceRise
from amate.billing_cycle.subscriptions.raise_prices import (
    Rise,
    RiseOf,
    RiseRefused,
    dry_run,
    raise_prices,
    withdraw_rise,
)
from amate.fiscal.money import q2
from amate.papers.dates import short
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import require
from amate.web.backoffice.subscriptions.new_form import QuantityField
from amate.web.backoffice.subscriptions.one_subscription import ROOM
from amate.web.backoffice.subscriptions.plan_form import day_field
from amate.web.backoffice.subscriptions.plan_words import priced_words
from amate.web.clock import now

LETTER_DAYS = 30
SHOWN = 20
ZERO = Decimal("0.00")


class RiseForm(forms.Form):
    plans = forms.MultipleChoiceField(
        label="Planes", widget=forms.CheckboxSelectMultiple, error_messages={"required": "Elige al menos un plan"}
    )
    percent = QuantityField(
        label="Cuánto suben, en porcentaje", help_text="Como 5. Con menos bajan: -10.",
        error_messages={"required": "Escribe el porcentaje, como 5"},
    )  # fmt: skip
    valid_from = day_field("Valen desde el", help_text="Entran con el primer periodo que empiece ese día o después.")
    why = forms.CharField(label="Por qué", max_length=300, required=False, help_text="Queda en el historial.")

    def __init__(self, *said: Any, plans: Sequence[Plan], today: date, **more: Any) -> None:
        super().__init__(*said, **more)
        named = [(str(one.pk), f"{one.nombre} · {priced_words(one, today=today)}") for one in plans]
        self.fields["plans"].choices = named  # type: ignore[attr-defined]

    def rise(self) -> Rise:
        said = self.cleaned_data
        return Rise(
            plan_ids=sorted(int(one) for one in said["plans"]),
            valid_from=said["valid_from"],
            percent=said["percent"],
            why=said["why"].strip(),
        )


@require_http_methods(["GET", "HEAD", "POST"])
def rises(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_KEEP_SUBSCRIPTIONS)
    moment = now()
    today = moment.astimezone(office_zone()).date()
    plans = list(Plan.objects.filter(is_active=True).prefetch_related("prices").order_by("nombre")[:500])
    first = {"valid_from": (today.replace(day=1) + timedelta(days=62)).replace(day=1)}
    form = RiseForm(request.POST if request.method == "POST" else None, plans=plans, today=today, initial=first)
    seen: list[RiseOf] = []
    if form.is_bound and form.is_valid():
        rise = form.rise()
        try:
            seen = dry_run(rise=rise, today=today)
            if "confirmar" in request.POST and request.POST.get("visto") == _seen(rise, seen):
                done = raise_prices(rise=rise, today=today, now=moment)
                messages.success(request, f"Los precios nuevos entran el {short(done.valid_from)}.")
                return redirect(request.path)
        except RiseRefused as refused:
            if "confirmar" in request.POST and _is_done(rise):
                messages.info(request, "Ese cambio de precios ya estaba decidido: no se repitió.")
                return redirect(request.path)
            for name, sentence in refused.errors.items():
                form.add_error("plans" if name.startswith("plan") else name, sentence)
            seen = []
    status = 422 if form.is_bound and not seen else 200
    return show(
        request,
        "office/subscriptions/rises.html",
        room=ROOM,
        status=status,
        form=form,
        has_plans=bool(plans),
        seen=seen,
        token=_seen(form.rise(), seen) if seen else "",
        changed="confirmar" in request.POST and bool(seen),
        more=q2(sum(((one.after - one.before.amount) * one.units for one in seen), ZERO)),
        letters=sum(one.subscriptions for one in seen),
        letter_on=short(form.cleaned_data["valid_from"] - timedelta(days=LETTER_DAYS)) if seen else "",
        letter_days=LETTER_DAYS,
        rows=[
            (one, short(one.valid_from), one.valid_from > today) for one in PriceRise.objects.order_by("-pk")[:SHOWN]
        ],
    )


@require_POST
def withdraw(request: HttpRequest, slug: str, rise_id: int) -> HttpResponse:
    require(request, MAY_KEEP_SUBSCRIPTIONS)
    if not PriceRise.objects.filter(pk=rise_id).exists():
        raise Http404
    moment = now()
    try:
        withdraw_rise(rise_id=rise_id, today=moment.astimezone(office_zone()).date(), now=moment)
    except RiseRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Quitamos ese cambio: todos siguen con su precio de ahora.")
    return redirect(address(request, "price_rises"))


def _seen(rise: Rise, seen: Sequence[RiseOf]) -> str:
    told = [(one.plan.pk, one.before.pk, one.after, one.subscriptions, one.units) for one in seen]
    return sha256(repr((rise, told)).encode()).hexdigest()[:32]


def _is_done(rise: Rise) -> bool:
    return PriceRise.objects.filter(valid_from=rise.valid_from, percent=rise.percent, withdrawn_at=None).exists()
