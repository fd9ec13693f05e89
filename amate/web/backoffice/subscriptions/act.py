"""The page of an act on one subscription: what is typed is tried out and taken back, so that the page says what would come
of it; the second button does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from amate.billing_cycle.subscriptions.agreed import Agreed, agreed_with
from amate.billing_cycle.subscriptions.forecast import Foretold, forecast
from amate.billing_cycle.subscriptions.models import Subscription
from amate.companies.fields import FieldsRefused
from amate.papers.dates import short
from amate.web.backoffice.edited import FIELD
from amate.web.backoffice.page import show
from amate.web.backoffice.subscriptions.one_subscription import ROOM, Here, decide, version

SHOWN = 8
ZERO = Decimal("0.00")
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act would do. `said`: sentences; `credits_`: (concept, amount) taken off what comes next; `charges`: (day,
    concept, total), `new` those that would not come without it; `before` and `after`: of twelve months."""

    said: list[str]
    credits_: list[tuple[str, Decimal]]
    charges: list[tuple[str, str, Decimal]]
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class ActOn:
    """One kind of act. `act(form)` gives what does it; `says(form, agreed)` what the page says beside the charges, of the
    agreement as it would be. `fields`: {field of the act's refusal: field of the form}."""

    title: str
    means: str
    button: str
    done: str
    act: Callable[[Any, str], Callable[[], Any]]
    says: Callable[[Any, Agreed], list[str]] = field(default=lambda form, agreed: [])
    fields: Mapping[str, str] = field(default_factory=dict)


def act_page(request: HttpRequest, here: Here, kind: ActOn, form: forms.Form) -> HttpResponse:
    """`form` is bound when the page was sent."""
    if request.method != "POST":
        return _draw(request, here, kind, form, None)
    confirms = "confirmar" in request.POST
    if confirms and request.POST.get(FIELD) != version(here.agreed):
        answer = decide(request, here, lambda: None, done="")  # it says that something changed, and leads to the page
        assert isinstance(answer, HttpResponse)
        return answer
    outcome = None
    if form.is_valid():
        seen = _seen(form, here)
        act = kind.act(form, seen)
        try:
            outcome = try_out(here, act, says=lambda agreed: kind.says(form, agreed))
        except FieldsRefused as refused:
            _refuse(form, kind, refused.errors)
        if outcome is not None and confirms and request.POST.get("visto") == seen:
            answer = decide(request, here, act, done=kind.done)
            if isinstance(answer, HttpResponse):
                return answer
            _refuse(form, kind, answer)
            outcome = None
    return _draw(request, here, kind, form, outcome, status=422 if outcome is None else 200)


def try_out(here: Here, act: Callable[[], Any], *, says: Callable[[Agreed], list[str]]) -> Outcome:
    """The act is done and taken back. Raises what it raises."""
    until = here.today + _YEAR
    had = {one.pk for one in here.agreed.one_offs}
    before = forecast([here.agreed], today=here.today, until=until)
    with transaction.atomic():
        act()
        row = Subscription.objects.select_related("customer").get(pk=here.subscription.pk)
        [agreed] = agreed_with([row])
        after = forecast([agreed], today=here.today, until=until) if row.state == "active" else []
        said = says(agreed)
        transaction.set_rollback(True)
    return Outcome(
        said=said,
        credits_=[(one.concept, one.amount) for one in agreed.one_offs if one.is_credit and one.pk not in had],
        charges=charges_shown(after),
        before=sum((one.total for one in before), ZERO),
        after=sum((one.total for one in after), ZERO),
    )


def charges_shown(told: list[Foretold], *, most: int = SHOWN) -> list[tuple[str, str, Decimal]]:
    return [(short(one.on), one.concept, one.total) for one in told[:most]]


def day_said(day: date | None) -> str:
    return short(day) if day is not None else ""


def _seen(form: forms.Form, here: Here) -> str:
    said = (sorted((name, str(value)) for name, value in form.cleaned_data.items()), version(here.agreed))
    return sha256(repr(said).encode()).hexdigest()[:32]


def _refuse(form: forms.Form, kind: ActOn, errors: Mapping[str, str]) -> None:
    for name, sentence in errors.items():
        at = kind.fields.get(name, name)
        form.add_error(at if at in form.fields else None, sentence)


def _draw(
    request: HttpRequest, here: Here, kind: ActOn, form: forms.Form, outcome: Outcome | None, *, status: int = 200
) -> HttpResponse:
    return show(
        request,
        "office/subscriptions/act.html",
        room=ROOM,
        status=status,
        kind=kind,
        form=form,
        one=here.subscription,
        outcome=outcome,
        seen=_seen(form, here) if outcome is not None else "",
        version=version(here.agreed),
    )
