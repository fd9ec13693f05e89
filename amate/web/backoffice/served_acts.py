"""What is done about one customer from the card of who answers: his promise, a day of courtesy, an exemption."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from amate.access.may import MAY_COURTESY_AGAIN, MAY_EXEMPT, MAY_PROMISE
from amate.billing_cycle.collection.courtesy import give_courtesy
from amate.billing_cycle.collection.exempt import NotExempted, end_exemption, exempt_customer
from amate.billing_cycle.collection.models import Channel
from amate.billing_cycle.collection.opt_out import silence_channels
from amate.billing_cycle.collection.promise_to_pay import NotPromised, promise_to_pay
from amate.billing_cycle.collection.withdraw_promise import withdraw_promise
from amate.companies.day import day_of
from amate.papers.dates import short
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.served import find_payer, show_card
from amate.web.backoffice.served_forms import ChannelsForm, CourtesyForm, ExemptForm, PromiseForm
from amate.web.clock import now


@require_POST
def promise(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    require(request, MAY_PROMISE)
    found, moment = find_payer(customer_id), now()
    today = day_of(moment)
    form = PromiseForm(request.POST, today=today)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = promise_to_pay(
                customer_id=found.pk,
                amount=said["monto"],
                until=said["hasta"],
                by=_who(request),
                by_staff=True,
                beyond_limit=may(request, MAY_EXEMPT),
                today=today,
                now=moment,
            )
        except NotPromised as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, f"Anotamos su promesa: ${made.amount:,.2f} a más tardar el {short(made.until)}.")
            return _back(request, found.pk)
    return show_card(request, found.pk, text="", status=422, promise=form)


@require_POST
def promise_withdraw(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    require(request, MAY_PROMISE)
    found, moment = find_payer(customer_id), now()
    done = withdraw_promise(customer_id=found.pk, today=day_of(moment), now=moment)
    return _told(request, found.pk, done, "Retiramos su promesa.", "No tenía una promesa vigente.")


@require_POST
def courtesy(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    require(request, MAY_PROMISE)
    found, moment = find_payer(customer_id), now()
    form = CourtesyForm(request.POST)
    if form.is_valid():
        try:
            made = give_courtesy(
                customer_id=found.pk,
                note=form.cleaned_data["nota"],
                by=_who(request),
                beyond_limit=may(request, MAY_COURTESY_AGAIN),
                today=day_of(moment),
                now=moment,
            )
        except NotExempted as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, f"Su servicio vuelve ahora y sigue hasta que termine el {short(made.until)}.")
            return _back(request, found.pk)
    return show_card(request, found.pk, text="", status=422, courtesy=form)


@require_POST
def exempt(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    require(request, MAY_EXEMPT)
    found, moment = find_payer(customer_id), now()
    today = day_of(moment)
    form = ExemptForm(request.POST, today=today)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = exempt_customer(
                customer_id=found.pk,
                until=said["exento_hasta"],
                why=said["motivo"],
                by=_who(request),
                today=today,
                now=moment,
            )
        except NotExempted as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, f"No se le corta hasta que termine el {short(made.until)}.")
            return _back(request, found.pk)
    return show_card(request, found.pk, text="", status=422, exempt_form=form)


@require_POST
def exempt_no_more(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    require(request, MAY_EXEMPT)
    found, moment = find_payer(customer_id), now()
    done = end_exemption(customer_id=found.pk, by=_who(request), today=day_of(moment), now=moment)
    return _told(request, found.pk, done, "Ya no está exento.", "No estaba exento.")


@require_POST
def channels(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    """By which ways he asked not to be reminded."""
    require(request, MAY_PROMISE)
    found, form = find_payer(customer_id), ChannelsForm(request.POST)
    if not form.is_valid():
        return show_card(request, found.pk, text="", status=422, channels=form)
    silenced = [Channel(one) for one in form.cleaned_data["no_por"]]
    done = silence_channels(customer_id=found.pk, silenced=silenced, by=_who(request), now=now())
    return _told(request, found.pk, done, "Anotamos por dónde se le avisa.", "Ya estaba así.")


def _told(request: HttpRequest, customer_id: int, done: bool, well: str, else_: str) -> HttpResponse:
    tell: Callable[[HttpRequest, str], None] = messages.success if done else messages.info
    tell(request, well if done else else_)
    return _back(request, customer_id)


def _back(request: HttpRequest, customer_id: int) -> HttpResponse:
    return redirect(address(request, "served_card", customer_id))


def _who(request: HttpRequest) -> str:
    return str(request.user.get_username())
