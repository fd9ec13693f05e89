"""SMS: by which gateway the company's texts leave, how many a month at most, proved with a trial."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from amate.access.may import MAY_CONFIGURE
from amate.adapters.messages.sms import BadTemplate
from amate.billing_cycle.collection.said import WEEKDAYS
from amate.companies.billing_policy import billing_policy_on
from amate.companies.day import day_of
from amate.messages.models import TextMessage, TextSettings
from amate.messages.set_texts import TextsChanged, close_texts, set_texts
from amate.messages.text_bound import is_spent, paid_this_month
from amate.messages.try_text import KIND, promise_trial_text
from amate.promises.models import Promise
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.room import show_setting
from amate.web.backoffice.settings.sms_form import TextsForm, TrialForm
from amate.web.clock import now
from amate.web.sends import TESTS, count_send, sends_must_wait

ROOM = "settings_sms"
CHANGED = (
    "No se guardó: alguien cambió estos datos hace un momento. Revisa y vuelve a guardar; la clave se escribe otra vez"
)
TOO_MANY = "Ya enviaste varias pruebas en esta hora. Espera un rato"


@require_http_methods(["GET", "HEAD", "POST"])
def sms(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    kept = _kept()
    form = TextsForm(request.POST if request.method == "POST" else None, kept=kept)
    if form.is_valid():
        said = form.cleaned_data
        try:
            set_texts(gateway=form.gateway(), most_a_month=said["most_a_month"], version=said["version"], now=now())
        except BadTemplate as bad:
            form.add_error(None, str(bad))
        except TextsChanged:
            form.add_error(None, CHANGED)
            form.shows(kept)
        else:
            messages.success(request, "Guardado. Envía un SMS de prueba para ver que sale.")
            return redirect(address(request, ROOM))
    return _draw(request, kept, form)


@require_POST
def close(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    if close_texts(now=now()):
        messages.success(request, "Apagados: ya no sale ningún SMS, y olvidamos la clave.")
    return redirect(address(request, ROOM))


@require_POST
def test(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    form, moment, kept = TrialForm(request.POST), now(), _kept()
    who = f"texts:{request.company.pk}"  # type: ignore[attr-defined]
    if form.is_valid() and sends_must_wait(TESTS, who, now=moment):
        form.add_error("to", TOO_MANY)
    if form.is_valid() and (kept is None or kept.closed_at is not None):
        form.add_error("to", "Primero guarda por dónde salen tus SMS")
    if not form.is_valid():
        return _draw(request, kept, TextsForm(kept=kept), trial=form)
    promise_trial_text(to=form.cleaned_data["to"], now=moment)
    count_send(request, TESTS, who, now=moment)
    return redirect(address(request, ROOM) + "#prueba")


@require_safe
def verdict(request: HttpRequest, slug: str) -> HttpResponse:
    """Asked by the page while the worker sends the trial; it stops by leading to the whole page."""
    require(request, MAY_CONFIGURE)
    if _waits():
        return render(request, "office/settings/sms_wait.html", {"slug": slug})
    return HttpResponseClientRedirect(address(request, ROOM) + "#prueba")


def _kept() -> TextSettings | None:
    found: TextSettings | None = TextSettings.objects.first()
    return found


def _waits() -> bool:
    return Promise.objects.open().filter(kind="try_text", next_try_at__isnull=False).exists()


def _draw(
    request: HttpRequest, kept: TextSettings | None, form: TextsForm, *, trial: TrialForm | None = None
) -> HttpResponse:
    moment = now()
    policy = billing_policy_on(day_of(moment))
    wrong = form if form.errors else trial
    last = TextMessage.objects.filter(kind=KIND).order_by("-id").first()
    facts: dict[str, Any] = {
        "kept": kept if kept is not None and kept.closed_at is None else None,
        "texts_form": form,
        "trial_form": trial or TrialForm(),
        "form": None if form.non_field_errors() else wrong or form,
        "paid": paid_this_month(now=moment),
        "spent": is_spent(now=moment),
        "policy": policy,
        "weekdays": ", ".join(WEEKDAYS[day] for day in sorted(policy.contact_weekdays)),
        "waiting": _waits(),
        "last": last,
        "ok": last is not None and last.state == TextMessage.State.SENT,
    }
    status = 422 if wrong is not None and wrong.errors else 200
    return show_setting(request, "sms", current=ROOM, status=status, **facts)
