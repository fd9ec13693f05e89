"""Servicios: what each customer is served with, what holds it, and what the other side was told."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from amate.access.may import MAY_CONFIGURE, MAY_HOLD_SERVICES
from amate.billing_cycle.service.end import end_service
from amate.billing_cycle.service.hold import CannotHold
from amate.billing_cycle.service.hold_by_hand import BY_HAND, hold_by_hand
from amate.billing_cycle.service.lift_by_hand import lift_by_hand
from amate.billing_cycle.service.models import Desired, Hold, Order, Reason, Service, Switch
from amate.billing_cycle.service.order_again import NothingToOrder, order_again
from amate.billing_cycle.service.tell_done import Meanwhile, tell_done
from amate.companies.day import day_of
from amate.desk.service_list import SERVICES, held_because
from amate.ledger.models import Receivable
from amate.web.backoffice.hold_forms import EndServiceForm, HoldServiceForm, LiftServiceForm
from amate.web.backoffice.lists import around, page_of, read
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import Pill
from amate.web.clock import now

HISTORY = 30


@dataclass(frozen=True, slots=True)
class ServiceRow:
    id: int
    name: str
    external_id: str
    customer: str
    system: str
    why: str
    pill: Pill
    trouble: str


@require_safe
def services(request: HttpRequest, slug: str) -> HttpResponse:
    asked = read(request, SERVICES)
    page = page_of(asked, request)
    return show(
        request,
        "office/services.html",
        room="services",
        rows=[
            ServiceRow(
                id=one.pk,
                name=one.name,
                external_id=one.external_id,
                customer=one.customer.nombre,
                system=one.switch.name,
                why=held_because(one),
                pill=service_pill(one),
                trouble="" if one.actual_gen == one.gen else one.trouble,
            )
            for one in page.rows
        ],
        page=page,
        list=around(request, asked),
        may_configure=may(request, MAY_CONFIGURE),
    )


@require_safe
def service(request: HttpRequest, slug: str, service_id: int) -> HttpResponse:
    return _show(request, find_service(service_id))


@require_POST
def hold(request: HttpRequest, slug: str, service_id: int) -> HttpResponse:
    require(request, MAY_HOLD_SERVICES)
    found, moment, form = find_service(service_id), now(), HoldServiceForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            done = hold_by_hand(
                service_id=found.pk,
                reason=Reason(said["motivo"]),
                note=said["nota"],
                by=_who(request),
                today=day_of(moment),
                now=moment,
            )
        except (CannotHold, Service.DoesNotExist) as why:
            form.add_error(None, str(why) or "Ese servicio ya se dio de baja.")
        else:
            messages.success(request, "Lo suspendimos." if done else "Ya estaba suspendido por eso.")
            return redirect(address(request, "service", found.pk))
    return _show(request, found, hold_form=form, status=422)


@require_POST
def lift(request: HttpRequest, slug: str, service_id: int) -> HttpResponse:
    require(request, MAY_HOLD_SERVICES)
    found, moment, form = find_service(service_id), now(), LiftServiceForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            done = lift_by_hand(
                service_id=found.pk,
                reason=Reason(said["quita"]),
                because=said["porque"],
                by=_who(request),
                today=day_of(moment),
                now=moment,
            )
        except CannotHold as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, "Quitamos la suspensión." if done else "No estaba suspendido por eso.")
            return redirect(address(request, "service", found.pk))
    return _show(request, found, lift_form=form, status=422)


@require_POST
def end(request: HttpRequest, slug: str, service_id: int) -> HttpResponse:
    """For good: it is turned off, and its name is free again once the other side says that it is."""
    require(request, MAY_HOLD_SERVICES)
    found, moment, form = find_service(service_id), now(), EndServiceForm(request.POST)
    if form.is_valid():
        try:
            done = end_service(
                service_id=found.pk, why=form.cleaned_data["baja"], by=_who(request), today=day_of(moment), now=moment
            )
        except (CannotHold, Service.DoesNotExist) as why:
            form.add_error(None, str(why) or "Ese servicio ya se dio de baja.")
        else:
            messages.success(request, "Lo damos de baja." if done else "Ya se estaba dando de baja.")
            return redirect(address(request, "service", found.pk))
    return _show(request, found, end_form=form, status=422)


@require_POST
def again(request: HttpRequest, slug: str, service_id: int) -> HttpResponse:
    """Ask the other side again, now."""
    require(request, MAY_HOLD_SERVICES)
    found = find_service(service_id)
    try:
        order_again(service_id=found.pk, now=now())
    except (NothingToOrder, Service.DoesNotExist) as why:
        messages.info(request, str(why) or "Ese servicio ya se dio de baja.")
    else:
        messages.success(request, "Le avisamos otra vez. En unos segundos verás aquí qué contestó.")
    return redirect(address(request, "service", found.pk))


@require_POST
def done(request: HttpRequest, slug: str, service_id: int) -> HttpResponse:
    """A person did it by hand in the other system."""
    require(request, MAY_HOLD_SERVICES)
    found, typed = find_service(service_id), request.POST.get("orden", "")
    gen = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    try:
        tell_done(service_id=found.pk, gen=gen, by=_who(request), now=now())
    except Meanwhile as why:
        messages.error(request, str(why))
    else:
        messages.success(request, "Anotado: ya quedó así en el otro sistema.")
    return redirect(address(request, "service", found.pk))


def find_service(service_id: int) -> Any:
    found = Service.objects.select_related("customer", "switch", "subscription").filter(pk=service_id).first()
    if found is None:
        raise Http404
    return found


def service_pill(one: Service) -> Pill:
    """What we want, and whether the other side has it."""
    if one.ended_at is not None:
        return Pill("Dado de baja", "")
    settled = one.actual_gen == one.gen
    if settled and one.actual and one.actual != one.desired:
        return Pill(f"Está {Desired(one.actual).label.lower()}", "bad")
    if one.desired == Desired.SUSPENDED:
        return Pill("Suspendido", "bad") if settled else Pill("Por suspender", "warn")
    if one.desired == Desired.LIMITED:
        return Pill("Más lento", "warn") if settled else Pill("Por hacer más lento", "warn")
    return Pill("Activo", "ok") if settled else Pill("Por activar", "warn")


def _show(
    request: HttpRequest,
    found: Any,
    *,
    hold_form: HoldServiceForm | None = None,
    lift_form: LiftServiceForm | None = None,
    end_form: EndServiceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    holds = list(Hold.objects.select_related("decision").filter(service_id=found.pk).order_by("-id")[:HISTORY])
    open_ = [one for one in holds if one.lifted_at is None]
    ids = {pk for one in open_ if one.decision for pk in one.decision.receivable_ids}
    settled = found.actual_gen == found.gen
    return show(
        request,
        "office/service.html",
        room="services",
        status=status,
        service=found,
        pill=service_pill(found),
        holds=open_,
        debts=list(Receivable.objects.filter(pk__in=ids).order_by("due_on", "id")[:20]),
        history=[one for one in holds if one.lifted_at is not None],
        orders=list(Order.objects.filter(service_id=found.pk).order_by("-id")[:HISTORY]),
        settled=settled,
        by_person=found.switch.kind == Switch.MANUAL,
        by_hand=[one for one in open_ if one.reason in BY_HAND],
        hold_form=hold_form or HoldServiceForm(),
        lift_form=lift_form or LiftServiceForm(),
        end_form=end_form or EndServiceForm(),
        ending=any(one.reason == Reason.ENDED for one in open_),
        may_hold=found.ended_at is None and may(request, MAY_HOLD_SERVICES),
    )


def _who(request: HttpRequest) -> str:
    return str(request.user.get_username())
