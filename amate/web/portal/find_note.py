"""A note by what a person typed of it: the same law at the door and where another one is added (OUTSIDE GRD)."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse

from amate.self_invoicing.models import Ticket
from amate.self_invoicing.queries import find_ticket
from amate.self_invoicing.tallies import tally
from amate.web.portal.code_form import CodeForm
from amate.web.portal.guard import count_miss, guess_of, must_wait
from amate.web.portal.shop import Shop
from amate.web.portal.waiting import too_many


def look_over(form: CodeForm, *, now: datetime) -> bool:
    """Whether it can be looked up. A mistyped code is counted as such, and is no miss."""
    good = form.is_valid()
    if form.mistyped:
        tally("X2", branch_id=None, now=now)
    return good


def look_up(request: HttpRequest, shop: Shop, form: CodeForm, *, now: datetime) -> Ticket | HttpResponse | None:
    """Of a valid form. None: no note has that code and that total, which is counted; an answer
    instead: he must wait before he tries again."""
    guess = guess_of(request, code=form.cleaned_data["codigo"])
    if wait := must_wait(guess, now=now):
        tally("X3", branch_id=None, now=now)
        return too_many(request, shop, wait, now=now)
    ticket = find_ticket(code=form.cleaned_data["codigo"], total_cents=form.cleaned_data["total"])
    if ticket is None:
        tally("X1", branch_id=None, now=now)
        count_miss(request, guess, now=now, refuse=lambda wait: too_many(request, shop, wait, now=now))
    return ticket
