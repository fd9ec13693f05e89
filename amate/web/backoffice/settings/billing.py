"""Cobro: the rules of recurring billing from a day on, with what they would mean for a charge that falls due."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_CONFIGURE
from amate.companies.billing_policy import BillingPolicy, billing_policy_on
from amate.companies.models import Emisor
from amate.companies.set_billing_policy import BillingPolicyRefused, set_billing_policy
from amate.papers.dates import short
from amate.web.backoffice.edited import FIELD, is_fresh, version_of
from amate.web.backoffice.page import office_zone
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.billing_form import STEPS, WEEKDAYS, BillingForm, policy_as_typed
from amate.web.backoffice.settings.room import show_setting
from amate.web.backoffice.subscriptions.words import mode_says
from amate.web.clock import now


@require_http_methods(["GET", "HEAD", "POST"])
def billing(request: HttpRequest, slug: str) -> HttpResponse:
    """ "Ver" (or any change, with script) says what the rules would do; "Guardar" makes them hold from that day."""
    require(request, MAY_CONFIGURE)
    moment = now()
    today = moment.astimezone(office_zone()).date()
    keeps = request.method == "POST" and "ver" not in request.POST and not getattr(request, "htmx", False)
    if keeps:
        Emisor.locked(Emisor.objects.get().pk)  # one after the other: rules have no row of their own to lock yet
    rows = list(BillingPolicy.objects.order_by("-effective_from"))
    before = billing_policy_on(_day_of(request, today))
    form = BillingForm(
        request.POST if request.method == "POST" else None,
        before=before,
        initial=policy_as_typed(before) | {"effective_from": today},
    )
    version = version_of({str(row.effective_from): policy_as_typed(row) for row in rows})
    if keeps:
        is_fresh(request, form, version=version, thing="estas reglas")
    facts = form.facts() if form.is_bound and form.is_valid() else None
    said = explain(BillingPolicy(effective_from=today, **facts), today) if facts else []
    if request.method != "POST":
        said = explain(before, today)
    if getattr(request, "htmx", False):
        return render(request, "office/subscriptions/said.html", {"said": said or ["Revisa los datos marcados."]})
    if keeps and facts is not None:
        try:
            set_billing_policy(effective_from=form.cleaned_data["effective_from"], facts=facts, today=today, now=moment)
        except BillingPolicyRefused as refused:
            form.refuse(refused.errors)
        else:
            messages.success(request, "Las reglas quedaron guardadas. Lo ya cobrado se rige por las de su día.")
            return redirect(request.path)
    return show_setting(
        request,
        "billing",
        current="settings_billing",
        status=422 if form.errors else 200,
        form=form,
        said=said,
        here=request.path,
        rows=[(short(row.effective_from), row.pk == before.pk) for row in rows],
        version=request.POST.get(FIELD) or version,
    )


def explain(row: BillingPolicy, today: date) -> list[str]:
    """What would become of a charge that falls due in a week and that nobody pays."""
    due = today + timedelta(days=7)
    said = [mode_says(row.fiscal_mode), f"Un cobro que empieza hoy vence {_in_days(row.terms_days)}."]
    steps = sorted(row.ladder, key=lambda step: int(step["offset"]))
    told = [
        f"{STEPS.get(str(step['code']), str(step['code'])).lower()}, el {short(due + timedelta(days=int(step['offset'])))}"
        for step in steps
    ]
    if told:
        said.append(f"De uno que vence el {short(due)} y nadie paga: {'; '.join(told)}.")
    if not row.suspends:
        return [*said, "El servicio nunca se suspende solo."]
    last = max((int(step["offset"]) for step in steps if step.get("last_warning")), default=0)
    first = due + timedelta(days=max(row.grace_days + 1, last + row.warned_days))
    days = ", ".join(name for number, name in WEEKDAYS if number in row.cut_weekdays) or "ningún día"
    cut = _allowed(first, row.cut_weekdays)
    when = f"el {short(cut)}" if cut is not None else "nunca"
    said.append(
        f"Se suspende {when} a más temprano, de {row.cut_from_hour}:00 a {row.cut_to_hour}:00 (solo {days}). "
        "En cuanto pague vuelve, a cualquier hora."
    )
    if row.reduced_days:
        said.append(
            f"Donde tu sistema puede, ese día solo va más lento, y {_in_days(row.reduced_days)} se suspende si sigue debiendo."
        )
    return said


def _allowed(first: date, weekdays: Any) -> date | None:
    days = [first + timedelta(days=count) for count in range(7)]
    return next((day for day in days if day.weekday() in weekdays), None)


def _in_days(days: int) -> str:
    return "ese mismo día" if days == 0 else "al día siguiente" if days == 1 else f"a los {days} días"


def _day_of(request: HttpRequest, today: date) -> date:
    """The day from which the form would hold; what is there on it is what it changes."""
    try:
        return max(date.fromisoformat(request.POST.get("effective_from", "")), today)
    except ValueError:
        return today
