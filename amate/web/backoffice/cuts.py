"""A quién se le cortaría: who would be cut on the next day of cuts and why, before anybody is; a veto for each, and the fuse."""

from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from amate.access.may import MAY_CONFIGURE, MAY_EXEMPT
from amate.billing_cycle.collection.allow_cuts import NothingHeld, allow_cuts
from amate.billing_cycle.collection.cuts import WouldCut, next_day_of_cuts, who_would_be_cut
from amate.billing_cycle.collection.exempt import exempt_customer
from amate.billing_cycle.collection.models import CollectionDay
from amate.companies.billing_policy import billing_policy_on
from amate.companies.day import day_of
from amate.customers.models import Customer
from amate.papers.dates import short
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may, require
from amate.web.clock import now

SHOWN = 200
VETO_DAYS = 7
LONGEST = 200


class VetoForm(forms.Form):
    """`id`: customers. Vetoed, the rules judge each again after a week."""

    id = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": "Marca a quién no se le corta", "invalid_choice": "Vuelve a marcar"}
    )
    motivo = forms.CharField(
        label="Por qué no se les corta",
        max_length=LONGEST,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={
            "required": "Escribe por qué: queda en el historial",
            "max_length": f"Escríbelo más corto: caben {LONGEST} letras",
        },
    )


@dataclass(frozen=True, slots=True)
class CutRow:
    customer: Customer
    cut: WouldCut


@require_safe
def cuts(request: HttpRequest, slug: str) -> HttpResponse:
    return _show(request, VetoForm())


@require_POST
def veto(request: HttpRequest, slug: str) -> HttpResponse:
    """Those that were marked are not cut for a week: exempt, with who said so and why."""
    require(request, MAY_EXEMPT)
    moment = now()
    today = day_of(moment)
    rows = _rows(today)[1]
    form = VetoForm(request.POST)
    form.fields["id"].choices = [(row.customer.pk, "") for row in rows]  # type: ignore[attr-defined]
    if not form.is_valid():
        return _show(request, form, status=422)
    until = today + timedelta(days=VETO_DAYS)
    for pk in sorted(form.cleaned_data["id"]):
        exempt_customer(
            customer_id=pk,
            until=until,
            why=form.cleaned_data["motivo"],
            by=str(request.user.get_username()),
            today=today,
            now=moment,
        )
    messages.success(request, f"No se les corta hasta que termine el {short(until)}.")
    return redirect(address(request, "cuts"))


@require_POST
def allow(request: HttpRequest, slug: str) -> HttpResponse:
    """The fuse stopped the cuts of today; somebody looked."""
    require(request, MAY_CONFIGURE)
    moment = now()
    typed = request.POST.get("cuantos", "")
    most = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 0
    try:
        allow_cuts(day=day_of(moment), most=most, by=str(request.user.get_username()), now=moment)
    except NothingHeld as why:
        messages.info(request, str(why))
    else:
        messages.success(request, f"Se cortará a {most} como mucho.")
    return redirect(address(request, "cuts"))


def _rows(today: date) -> tuple[date | None, list[CutRow]]:
    """(the next day of cuts, who would be cut then)."""
    day = next_day_of_cuts(after=today)
    found = who_would_be_cut(on=day) if day is not None else []
    people = Customer.objects.in_bulk([one.customer_id for one in found[:SHOWN]])
    return day, [CutRow(people[one.customer_id], one) for one in found[:SHOWN]]


def _show(request: HttpRequest, form: VetoForm, *, status: int = 200) -> HttpResponse:
    today = day_of(now())
    day, rows = _rows(today)
    policy = billing_policy_on(today)
    held = CollectionDay.objects.filter(day=today, cut_at__isnull=True).exclude(held_because="").first()
    return show(
        request,
        "office/cuts.html",
        room="services",
        status=status,
        day=day,
        rows=rows,
        form=form,
        held=held,
        policy=policy,
        may_veto=may(request, MAY_EXEMPT),
        may_allow=may(request, MAY_CONFIGURE),
        veto_days=VETO_DAYS,
    )
