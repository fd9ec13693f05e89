"""Subscriptions: begun once by another system under a key of its own, and read."""

from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Annotated

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from amate.billing_cycle.subscriptions.models import Pause, Plan, Subscription, SubscriptionState, Term
from amate.billing_cycle.subscriptions.subscribe import NewSubscription, SubscriptionRefused, subscribe
from amate.companies.billing_policy import FiscalMode
from amate.companies.day import day_of
from amate.companies.models import Branch
from amate.customers.remaining import Merged
from amate.web import clock
from amate.web.api.fields import (
    MOST,
    After,
    Day,
    Limit,
    Number,
    Of,
    Whole,
    clean,
    conflict,
    customer_asked,
    customer_said,
    cut,
    refused,
    refused_at,
)  # fmt: skip
from amate.web.api.keys import Bearer, BearerWithJson
from amate.web.api.problems import FAULTS, FieldError, NoSuchThing, Problem
from amate.web.api.sale import Amount, ExternalId, Key, Strict

router = Router(tags=["Suscripciones"])
JSON = "application/json; charset=utf-8"
NAMES = {
    "customer_id": "customer", "plan_id": "plan", "branch_id": "branch", "first_k": "periods_billed",
}  # fmt: skip


class SubscriptionIn(Strict):
    """Qué plan tiene, desde cuándo y por cuánto tiempo. Lo demás lo dice el plan."""

    customer: ExternalId | None = Field(None, description="Tu clave del cliente. O customer_number")
    customer_number: Number | None = None
    plan: Annotated[str, StringConstraints(min_length=1, max_length=80)] = Field(description="La clave del plan")
    starts_on: Day = Field(description="Primer día de servicio", examples=["2026-12-01"])
    branch: Key | None = Field(None, description="Clave de la sucursal. Con una sola, sobra")
    quantity: Amount = Field("1", description="Cuántas unidades del plan, hasta con tres decimales")
    price: Amount | None = Field(None, description="Precio propio de una unidad; si falta, el del plan")
    cycles: Annotated[Whole, Field(ge=1, le=1200)] | None = Field(None, description="Cuántos cobros en total")
    ends_on: Day | None = Field(None, description="Primer día sin servicio")
    periods_billed: Annotated[Whole, Field(ge=0, le=1200)] = Field(
        0, description="Periodos que ya se cobraron en otro sistema"
    )
    label: Annotated[str, StringConstraints(max_length=120)] = Field("", description="Cuál de varias: un domicilio")
    fiscal_mode: Annotated[str, StringConstraints(max_length=10)] | None = Field(
        None, description="ppd, pue_mes, aviso, cargo o publico. Si falta, el del plan"
    )
    terms_days: Annotated[Whole, Field(ge=0, le=365)] | None = Field(None, description="Días para pagar")
    charges_setup: bool = Field(True, strict=True, description="Si se cobra la inscripción del plan")


class SubscriptionOut(Schema):
    """Una suscripción. `state`: draft, active, ended o cancelled; `paused`: hoy no corre. `next_on`: cuándo se trabaja en
    ella, null si ya no. `price` es el propio, null si es el del plan."""

    external_id: str
    customer: int
    customer_external_id: str
    plan: str
    quantity: str
    price: str | None
    label: str
    state: str
    paused: bool
    starts_on: str
    ends_on: str | None
    cycles: int | None
    periods_billed: int
    next_on: str | None


class SubscriptionsOut(Schema):
    """`next`: envíalo en `after` y sigue; null si no hay más."""

    items: list[SubscriptionOut]
    next: int | None


@router.put(
    "/{external_id}",
    auth=BearerWithJson("subscriptions:write"),
    response={200: SubscriptionOut, 201: SubscriptionOut, **FAULTS, **dict.fromkeys((409, 413, 415, 422), Problem)},
    summary="Suscribir a un cliente (repetirlo no cobra dos veces)",
)
def put_subscription(request: HttpRequest, external_id: ExternalId, said: SubscriptionIn) -> HttpResponse:
    """Lo que ya venció se cobra enseguida. Con la misma clave y otros datos responde 409: una suscripción se cambia con
    `stop`, `pause` o en Amate, y lo cobrado no cambia."""
    now = clock.now()
    asked = _read(external_id, said)
    known = Subscription.objects.filter(external_id=external_id).first()
    try:
        made = known or subscribe(asked=asked, today=day_of(now), now=now)
    except SubscriptionRefused as wrong:
        raise refused_at(wrong.errors, NAMES) from wrong
    except Merged as merged:  # at this very moment: told again it is his who remains
        raise conflict("Ese cliente acaba de unirse con otro", f"{merged} Envíalo otra vez.") from merged
    if made.wish != asked.wish:
        raise conflict(
            "Esa suscripción ya existe con otros datos",
            f"La clave {external_id} es de una suscripción desde el {made.starts_on:%d/%m/%Y}: si es otra, usa otra clave.",
        )
    answer = out(find(external_id), today=day_of(now))
    return HttpResponse(answer.model_dump_json(), status=200 if known else 201, content_type=JSON)


@router.get(
    "/{external_id}",
    auth=Bearer("subscriptions:read"),
    response={200: SubscriptionOut, **FAULTS, 422: Problem},
    summary="Una suscripción",
)
def read_subscription(request: HttpRequest, external_id: ExternalId) -> SubscriptionOut:
    return out(find(external_id), today=day_of(clock.now()))


@router.get(
    "",
    auth=Bearer("subscriptions:read"),
    response={200: SubscriptionsOut, **FAULTS, 422: Problem},
    summary="Suscripciones: todas, o las de un cliente",
)
def list_subscriptions(
    request: HttpRequest, customer: Of = None, after: After = None, limit: Limit = MOST
) -> SubscriptionsOut:
    rows = _whole().filter(pk__gt=after or 0).order_by("id")
    if customer is not None:
        rows = rows.filter(customer=customer_asked(customer))
    page, more = cut(list(rows[: limit + 1]), limit)
    today = day_of(clock.now())
    return SubscriptionsOut(items=[out(one, today=today) for one in page], next=page[-1].pk if more else None)


def find(external_id: str) -> Subscription:
    """Raises NoSuchThing."""
    found = _whole().filter(external_id=external_id).first()
    if found is None:
        raise NoSuchThing("No hay una suscripción con esa clave", "Revisa la clave: es la que enviaste con PUT.")
    return found


def _whole() -> "QuerySet[Subscription]":
    terms = Prefetch("terms", Term.objects.select_related("plan").order_by("seq"))
    whole: QuerySet[Subscription] = Subscription.objects.select_related("customer").prefetch_related(terms)
    return whole


def out(one: Subscription, *, today: date) -> SubscriptionOut:
    terms = list(one.terms.all())
    term = next((each for each in reversed(terms) if each.from_on <= today), terms[0])
    away = Pause.objects.filter(subscription=one, from_on__lte=today).exclude(to_on__lte=today).exists()
    return SubscriptionOut(
        external_id=one.external_id,
        customer=one.customer.number,
        customer_external_id=one.customer.external_id,
        plan=term.plan.key,
        quantity=f"{term.quantity.normalize():f}",
        price=None if term.price is None else f"{term.price.normalize():f}",
        label=one.label,
        state=one.state,
        paused=away and one.state == SubscriptionState.ACTIVE,
        starts_on=one.starts_on.isoformat(),
        ends_on=one.ends_on.isoformat() if one.ends_on else None,
        cycles=one.cycles,
        periods_billed=one.next_k,
        next_on=one.next_on.isoformat() if one.next_on else None,
    )


def _read(external_id: str, said: SubscriptionIn) -> NewSubscription:
    """Raises SaleRefused with every field that is wrong."""
    errors: list[FieldError] = []
    customer = customer_said(said.customer, said.customer_number)
    plan = Plan.objects.filter(key=said.plan).first()
    if plan is None:
        keys = ", ".join(Plan.objects.filter(is_active=True).order_by("key").values_list("key", flat=True)[:20])
        errors.append(FieldError(("plan",), f"No hay un plan “{said.plan}”. Tus planes: {keys or 'ninguno'}"))
    branches = list(Branch.objects.open().order_by("id"))
    branch = next((one for one in branches if one.code == said.branch), None) if said.branch else None
    if branch is None and not said.branch and len(branches) == 1:
        branch = branches[0]
    if branch is None:
        named = ", ".join(one.code for one in branches)
        errors.append(FieldError(("branch",), f"Di cuál sucursal. Tus sucursales: {named}"))
    if said.fiscal_mode is not None and said.fiscal_mode not in FiscalMode.values:
        errors.append(FieldError(("fiscal_mode",), f"Escribe uno de estos: {', '.join(FiscalMode.values)}"))
    label = clean("label", said.label, errors)
    quantity = Decimal(said.quantity)
    if quantity != round(quantity, 3):
        errors.append(FieldError(("quantity",), "Lleva hasta tres decimales"))
    if errors or plan is None or branch is None:
        raise refused(errors)
    return NewSubscription(
        customer_id=customer.pk,
        branch_id=branch.pk,
        plan_id=plan.pk,
        starts_on=said.starts_on,
        quantity=quantity,
        price=None if said.price is None else Decimal(said.price),
        cycles=said.cycles,
        ends_on=said.ends_on,
        first_k=said.periods_billed,
        label=label,
        external_id=external_id,
        wish=_digest(external_id, said),
        fiscal_mode=said.fiscal_mode or "",
        terms_days=said.terms_days,
        charges_setup=said.charges_setup,
    )


def _digest(external_id: str, said: SubscriptionIn) -> str:
    """What a repetition must say the same, however its numbers are written."""
    facts = said.model_dump() | {
        "quantity": f"{Decimal(said.quantity).normalize():f}",
        "price": None if said.price is None else f"{Decimal(said.price).normalize():f}",
    }
    return "api:" + sha256(repr([external_id, sorted(facts.items())]).encode()).hexdigest()[:36]
