"""PUE sin pago: invoices that say "paid" and are not. Each is told paid, or changed to PPD in one step, one or many."""

from collections.abc import Callable
from datetime import date, datetime

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from amate.access.may import MAY_CANCEL
from amate.fiscal.clock import zone_of
from amate.invoices.await_payment import NotAwaited, await_payment
from amate.invoices.due import pue_day
from amate.invoices.models import AwaitedPayment, Invoice, Origin
from amate.invoices.pue_to_ppd import pue_to_ppd
from amate.invoices.replace import NotReplaceable
from amate.invoices.tell_paid import NotPaidInTime, tell_paid
from amate.web.backoffice.one_document import find_document
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import may, require
from amate.web.clock import now

AT_ONCE = 100
FIRST_MARK_ONE = "Marca en la lista las facturas y vuelve a enviarla."


class PaidForm(forms.Form):
    dia = forms.DateField(
        label="Qué día se pagó",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Escribe qué día se pagó", "invalid": "Escribe el día, como 2026-11-22"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def unpaid(request: HttpRequest, slug: str) -> HttpResponse:
    moment, zone, mistake, status = now(), office_zone(), "", 200
    form = PaidForm(initial={"dia": moment.astimezone(zone).date()})
    if request.method == "POST":
        require(request, MAY_CANCEL)
        ids = _marked(request)
        pays = request.POST.get("acto") == "pagadas"
        form = PaidForm(request.POST) if pays else form
        if ids and not pays:
            return _told(request, _each(ids, lambda one: _to_ppd(request, one, moment)), done="{n} por cambiar a PPD")
        if ids and form.is_valid():
            day = form.cleaned_data["dia"]
            return _told(
                request, _each(ids, lambda one: _paid(request, one, day, moment)), done="{n} dadas por pagadas"
            )
        mistake, status = "" if ids else FIRST_MARK_ONE, 422
    rows = list(AwaitedPayment.objects.open().select_related("invoice__branch").order_by("invoice_id")[:AT_ONCE])
    return show(
        request,
        "office/unpaid.html",
        room="invoices",
        zone=zone,
        status=status,
        rows=[(row.invoice, pue_day(row.invoice), _is_late(row.invoice, moment)) for row in rows],
        form=form,
        mistake=mistake,
        may_act=may(request, MAY_CANCEL),
    )


@require_POST
def awaits(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    """Somebody knows that a PUE invoice is not paid yet."""
    require(request, MAY_CANCEL)
    found = find_document(invoice_id)
    try:
        await_payment(invoice_id=found.pk, said_by=request.user.get_username(), now=now())
    except NotAwaited as why:
        messages.error(request, str(why))
    else:
        messages.success(request, "La tenemos entre las que esperan su pago: te avisamos antes de que termine su mes.")
    return redirect(address(request, "invoice", found.pk))


@require_POST
def paid(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    require(request, MAY_CANCEL)
    found, moment = find_document(invoice_id), now()
    form = PaidForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["dia"][0]))
    elif why := _paid(request, found.pk, form.cleaned_data["dia"], moment):
        messages.error(request, why)
    else:
        messages.success(request, "Quedó como pagada.")
    return redirect(address(request, "invoice", found.pk))


@require_POST
def to_ppd(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    require(request, MAY_CANCEL)
    found = find_document(invoice_id)
    if why := _to_ppd(request, found.pk, now()):
        messages.error(request, why)
        return redirect(address(request, "invoice", found.pk))
    messages.success(request, "Emitimos la nueva como PPD. En cuanto esté timbrada pedimos cancelar la anterior.")
    new = Invoice.objects.filter(replaces=found).order_by("-pk").values_list("pk", flat=True).first()
    return redirect(address(request, "invoice", new or found.pk))


def is_awaited(invoice: Invoice) -> bool:
    return bool(AwaitedPayment.objects.open().filter(invoice=invoice).exists())


def _marked(request: HttpRequest) -> list[int]:
    """Those that wait, of the ids that were sent."""
    typed = [
        int(one) for one in request.POST.getlist("id")[:AT_ONCE] if one.isascii() and one.isdigit() and len(one) < 19
    ]
    return sorted(AwaitedPayment.objects.open().filter(invoice_id__in=typed).values_list("invoice_id", flat=True))


def _each(ids: list[int], act: Callable[[int], str]) -> list[str]:
    """What kept each of them from it; empty: nothing did."""
    return [act(one) for one in ids]


def _to_ppd(request: HttpRequest, invoice_id: int, moment: datetime) -> str:
    try:
        with transaction.atomic():
            pue_to_ppd(invoice_id=invoice_id, asked_by=request.user.get_username(), origin=Origin.OFFICE, now=moment)
    except NotReplaceable as why:
        return str(why)
    return ""


def _paid(request: HttpRequest, invoice_id: int, day: date, moment: datetime) -> str:
    try:
        tell_paid(invoice_id=invoice_id, paid_on=day, said_by=request.user.get_username(), now=moment)
    except NotPaidInTime as why:
        return str(why)
    return ""


def _told(request: HttpRequest, whys: list[str], *, done: str) -> HttpResponse:
    for why in [one for one in whys if one][:10]:
        messages.error(request, why)
    if well := sum(not one for one in whys):
        messages.success(request, f"{done.format(n=well)}.")
    return redirect(address(request, "unpaid"))


def _is_late(invoice: Invoice, moment: datetime) -> bool:
    return moment.astimezone(zone_of(invoice.branch.cp)).date() > pue_day(invoice)


def unpaid_of(found: Invoice, *, moment: datetime) -> dict[str, object]:
    """What the page of one document says of its payment, by name."""
    if found.metodo_pago != "PUE" or found.kind != "ingreso":
        return {}
    awaited = is_awaited(found)
    return {
        "awaited": awaited,
        "pay_day": pue_day(found),
        "pay_today": moment.astimezone(zone_of(found.branch.cp)).date(),
        "pay_late": awaited and _is_late(found, moment),
    }
