"""What befalls a subscription: it stops, it pauses, something is charged beside its periods. Each told again changes nothing."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from amate.billing_cycle.subscriptions.charge_once import Extra, ExtraRefused, charge_once
from amate.billing_cycle.subscriptions.models import OneOff, Pause, PauseKind, Subscription, SubscriptionState
from amate.billing_cycle.subscriptions.pause import PauseOf, PauseRefused, pause, resume
from amate.billing_cycle.subscriptions.stop import StopRefused, stay, stop
from amate.companies.day import day_of
from amate.companies.fields import FieldsRefused
from amate.web import clock
from amate.web.api.fields import Day, clean, conflict, refused, refused_at
from amate.web.api.keys import Bearer, BearerWithJson
from amate.web.api.problems import FAULTS, FieldError, Problem, SaleRefused
from amate.web.api.sale import Cents, ExternalId, Key, Strict
from amate.web.api.subscriptions import SubscriptionOut, find, out

router = Router(tags=["Suscripciones"])
JSON = "application/json; charset=utf-8"
WRITE = BearerWithJson("subscriptions:write")
TAKE_BACK = Bearer("subscriptions:write")
CHANGED = {200: SubscriptionOut, **FAULTS, **dict.fromkeys((409, 413, 415, 422), Problem)}
LONGEST_KEY = 80  # of a OneOff
Why = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class StopIn(Strict):
    on: Day | None = Field(None, description="Primer día sin servicio; si falta, al terminar lo que ya se cobró")
    reason: Why = Field(description="Por qué se va")


class PauseIn(Strict):
    """`from_on` es el primer día sin servicio; `to_on`, el primero con servicio otra vez, o nada si no se sabe."""

    from_on: Day = Field(examples=["2026-12-01"])
    to_on: Day | None = None
    charges: bool = Field(False, strict=True, description="Se cobra de todos modos")
    credits: bool = Field(True, strict=True, description="Lo ya cobrado de esos días se descuenta de lo que sigue")
    reason: Annotated[str, StringConstraints(max_length=300)] = ""


class ChargeIn(Strict):
    """Un consumo, un material, una visita; o un descuento con `credit`. Con los impuestos como los del precio del plan."""

    concept: Annotated[str, StringConstraints(min_length=1, max_length=1000)] = Field(examples=["12 GB adicionales"])
    amount: Cents
    on: Day | None = Field(None, description="Desde qué día se cobra, con el siguiente periodo; si falta, hoy")
    credit: bool = Field(False, strict=True, description="Se descuenta de lo que sigue, en lugar de cobrarse")
    clave_prod_serv: Key | None = Field(None, description="Si falta, la del plan")
    clave_unidad: Key | None = None


class ChargeOut(Schema):
    """`settled`: ya se cobró, o ya se descontó todo."""

    external_id: str
    charge_id: str
    concept: str
    amount: str
    on: str
    credit: bool
    settled: bool


@router.put("/{external_id}/stop", auth=WRITE, response=CHANGED, summary="Dar de baja, hoy o un día que venga")
def put_stop(request: HttpRequest, external_id: ExternalId, said: StopIn) -> SubscriptionOut:
    """Lo cobrado se queda; lo que falta por cobrar de los días servidos se cobra."""
    found, today = find(external_id), day_of(clock.now())
    over = found.state in (SubscriptionState.ENDED, SubscriptionState.CANCELLED)
    ends = found.ends_on is not None and said.on in (None, found.ends_on)
    if not over and not ends:
        errors: list[FieldError] = []
        reason = clean("reason", said.reason, errors)
        if errors:
            raise refused(errors)
        try:
            stop(subscription_id=found.pk, on=said.on, reason=reason, today=today, now=clock.now())
        except StopRefused as wrong:
            raise _refused(wrong) from wrong
    return out(find(external_id), today=today)


@router.delete(
    "/{external_id}/stop", auth=TAKE_BACK, response=CHANGED, summary="Se queda: retirar una baja que aún no llega"
)
def delete_stop(request: HttpRequest, external_id: ExternalId) -> SubscriptionOut:
    found, today = find(external_id), day_of(clock.now())
    if found.state != SubscriptionState.ACTIVE or found.ends_on is not None:
        try:
            stay(subscription_id=found.pk, today=today, now=clock.now())
        except StopRefused as wrong:
            raise _refused(wrong) from wrong
    return out(find(external_id), today=today)


@router.put("/{external_id}/pause", auth=WRITE, response=CHANGED, summary="Pausar unos días, o hasta nuevo aviso")
def put_pause(request: HttpRequest, external_id: ExternalId, said: PauseIn) -> SubscriptionOut:
    found, today = find(external_id), day_of(clock.now())
    if not _pauses(found).filter(from_on=said.from_on, to_on=said.to_on).exists():
        errors: list[FieldError] = []
        reason = clean("reason", said.reason, errors) if said.reason else ""
        if errors:
            raise refused(errors)
        asked = PauseOf(said.from_on, said.to_on, charges=said.charges, credits=said.credits, reason=reason)
        try:
            pause(subscription_id=found.pk, asked=asked, today=today, now=clock.now())
        except PauseRefused as wrong:
            raise _refused(wrong) from wrong
    return out(find(external_id), today=today)


@router.delete("/{external_id}/pause", auth=TAKE_BACK, response=CHANGED, summary="Reanudar, hoy o un día que venga")
def delete_pause(
    request: HttpRequest,
    external_id: ExternalId,
    on: Annotated[Day | None, Query(description="Primer día con servicio otra vez; si falta, hoy")] = None,
) -> SubscriptionOut:
    found, today = find(external_id), day_of(clock.now())
    day: date = on or today
    if _pauses(found).exclude(to_on__lte=day).exists():
        try:
            resume(subscription_id=found.pk, on=day, today=today, now=clock.now())
        except PauseRefused as wrong:
            raise _refused(wrong) from wrong
    return out(find(external_id), today=today)


@router.put(
    "/{external_id}/charges/{charge_id}",
    auth=WRITE,
    response={200: ChargeOut, 201: ChargeOut, **FAULTS, **dict.fromkeys((409, 413, 415, 422), Problem)},
    summary="Cobrar un consumo o algo una sola vez, o descontarlo (repetirlo no cobra dos veces)",
)
def put_charge(request: HttpRequest, external_id: ExternalId, charge_id: ExternalId, said: ChargeIn) -> HttpResponse:
    found, now = find(external_id), clock.now()
    key = f"api:{found.pk}:{charge_id}"
    if len(key) > LONGEST_KEY:
        raise refused([FieldError((), "Esa clave de consumo es muy larga: usa una de hasta 60 caracteres")])
    errors: list[FieldError] = []
    concept = clean("concept", said.concept, errors)
    if errors:
        raise refused(errors)
    known = OneOff.objects.filter(key=key).first()
    extra = Extra(
        key=key,
        concept=concept,
        amount=Decimal(said.amount).quantize(Decimal("0.01")),
        on=said.on or (known.on if known else day_of(now)),
        is_credit=said.credit,
        clave_prod_serv=said.clave_prod_serv or "",
        clave_unidad=said.clave_unidad or "",
    )
    try:
        made = known or charge_once(subscription_id=found.pk, extra=extra, today=day_of(now), now=now)
    except ExtraRefused as wrong:
        raise _refused(wrong) from wrong
    facts = ("concept", "amount", "on", "is_credit", "clave_prod_serv", "clave_unidad")
    if any(getattr(made, name) != getattr(extra, name) for name in facts):
        raise conflict(
            "Ese consumo ya se registró con otros datos",
            f"{charge_id} es de {made.amount} por {made.concept[:80]}: si es otro, usa otra clave.",
        )
    answer = ChargeOut(
        external_id=external_id,
        charge_id=charge_id,
        concept=made.concept,
        amount=f"{made.amount:.2f}",
        on=made.on.isoformat(),
        credit=made.is_credit,
        settled=made.settled_at is not None,
    )
    return HttpResponse(answer.model_dump_json(), status=200 if known else 201, content_type=JSON)


def _pauses(found: Subscription) -> "QuerySet[Pause]":
    rows: QuerySet[Pause] = Pause.objects.filter(subscription=found, kind=PauseKind.PAUSE)
    return rows


def _refused(wrong: FieldsRefused) -> SaleRefused:
    """Of the subscription as a whole it is how it stands now, else a field."""
    if set(wrong.errors) == {"subscription"}:
        return conflict("Esa suscripción ya no está para eso", wrong.errors["subscription"])
    return refused_at(wrong.errors, {"subscription": ""})
