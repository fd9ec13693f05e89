"""What every page of one subscription shares: finding it, its words, and knowing whether it is as it was shown."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from amate.access.may import MAY_KEEP_SUBSCRIPTIONS
from amate.billing_cycle.subscriptions.agreed import Agreed, agreed_with, locked_agreement
from amate.billing_cycle.subscriptions.calendar import k_of
from amate.billing_cycle.subscriptions.models import Parking, PauseKind, Subscription, SubscriptionState, Term
from amate.billing_cycle.subscriptions.sentence import sentence
from amate.companies.fields import FieldsRefused
from amate.papers.dates import short
from amate.web.backoffice.edited import FIELD, version_of
from amate.web.backoffice.page import address, office_zone
from amate.web.backoffice.roles import require
from amate.web.backoffice.rows import Pill
from amate.web.clock import now

ROOM = "subscriptions"
CHANGED = "Esta suscripción cambió desde que abriste la página, quizá porque ya lo habías pedido: así quedó."


@dataclass(frozen=True, slots=True)
class Here:
    """One subscription on a page: when, and all that was agreed."""

    moment: datetime
    today: date
    agreed: Agreed

    @property
    def subscription(self) -> Subscription:
        return self.agreed.subscription


def open_subscription(request: HttpRequest, subscription_id: int) -> Here:
    """Raises Http404."""
    moment = now()
    today = moment.astimezone(office_zone()).date()
    rows = Subscription.objects.select_related("customer", "payer", "branch")
    found = rows.filter(pk=subscription_id).first()
    if found is None:
        raise Http404
    [agreed] = agreed_with([found])
    return Here(moment, today, agreed)


def to_be_changed(request: HttpRequest, subscription_id: int) -> Here:
    """As `open_subscription`, for who may change it. Raises PermissionDenied."""
    require(request, MAY_KEEP_SUBSCRIPTIONS)
    return open_subscription(request, subscription_id)


def version(agreed: Agreed) -> str:
    """Of all that a person saw before he decided."""
    one = agreed.subscription
    return version_of(
        {
            "state": one.state,
            "next_k": one.next_k,
            "ends_on": one.ends_on,
            "terms": [(term.pk, term.to_on) for term in agreed.terms],
            "pauses": [(away.pk, away.to_on) for away in agreed.pauses],
            "add_ons": [extra.pk for extra in agreed.add_ons],
            "one_offs": [extra.pk for extra in agreed.one_offs],
        }
    )


def decide(request: HttpRequest, here: Here, act: Callable[[], Any], *, done: str) -> HttpResponse | dict[str, str]:
    """Do what a person confirmed, once: pressed twice, or after somebody else changed it, nothing happens and the page says
    so. The errors of the act's refusal, by field, are for its form."""
    agreed = locked_agreement(here.subscription.pk)
    if request.POST.get(FIELD) != version(agreed):
        messages.info(request, CHANGED)
        return redirect(address(request, "subscription", here.subscription.pk))
    try:
        act()
    except FieldsRefused as refused:
        return refused.errors
    messages.success(request, done)
    return redirect(address(request, "subscription", here.subscription.pk))


def agreed_in_words(agreed: Agreed, term: Term) -> str:
    """One stretch as a sentence."""
    one, grid = agreed.subscription, term.grid
    if one.ends_on is not None and (grid.ends is None or one.ends_on < grid.ends):
        grid = replace(grid, ends=one.ends_on)
    first = k_of(grid, term.from_on)
    if grid.ends is not None and grid.ends <= term.from_on:
        return f"Terminó antes de empezar, el {short(grid.ends)}"
    return sentence(grid, first_k=first, cycles=one.cycles)


def term_today(agreed: Agreed, today: date) -> Term:
    begun = [one for one in agreed.terms if one.from_on <= today]
    return begun[-1] if begun else agreed.terms[0]


def pill_of(one: Subscription, *, pauses: Any, parked: bool, today: date) -> Pill:
    """`pauses`: its rows."""
    if one.state == SubscriptionState.ACTIVE:
        running = {away.kind for away in pauses if away.from_on <= today and (away.to_on is None or away.to_on > today)}
        if parked:
            return Pill("Detenida", "bad")
        if PauseKind.HELD in running:
            return Pill("Suspendida", "bad")
        if PauseKind.PAUSE in running:
            return Pill("En pausa", "warn")
        if one.starts_on > today:
            return Pill("Por empezar", "warn")
        if one.ends_on is not None:
            return Pill("Con fecha de baja", "warn")
        return Pill("Activa", "ok")
    return Pill(SubscriptionState(one.state).label, "")


def parked_payers(payer_ids: Any) -> set[int]:
    return set(Parking.objects.open().filter(customer_id__in=list(payer_ids)).values_list("customer_id", flat=True))
