"""The list of subscriptions: what it may be narrowed by, and what an export of it holds."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from amate.billing_cycle.subscriptions.models import Parking, Pause, PauseKind, Plan, Subscription, Term
from amate.customers.models import Customer
from amate.customers.search import having
from amate.desk.filters import At, Filter, Kind
from amate.desk.listing import Cell, Column, Listing

STATES = {
    "active": "Activas",
    "paused": "En pausa",
    "held": "Suspendidas por falta de pago",
    "parked": "Detenidas: no se pueden cobrar",
    "ends": "Con fecha de baja",
    "ended": "Terminadas",
    "cancelled": "Canceladas",
}


def away(kind: str, day: date) -> Any:
    """Whether it is without service that day."""
    running = Pause.objects.filter(Q(to_on=None) | Q(to_on__gt=day), subscription=OuterRef("pk"), kind=kind)
    return Exists(running.filter(from_on__lte=day))


def in_state(rows: Any, state: str, at: At) -> Any:
    if state == "paused":
        return rows.active().filter(away(PauseKind.PAUSE, at.today))
    if state == "held":
        return rows.active().filter(away(PauseKind.HELD, at.today))
    if state == "parked":
        return rows.active().filter(Exists(Parking.objects.open().filter(customer_id=OuterRef("payer_id"))))
    if state == "ends":
        return rows.active().filter(ends_on__isnull=False)
    return rows.filter(state=state)


def _with_plan(rows: Any, plan: str, at: At) -> Any:
    """Those that have it today."""
    terms = Term.objects.filter(Q(to_on=None) | Q(to_on__gt=at.today), plan_id=int(plan))
    return rows.filter(pk__in=terms.values("subscription_id"))


def plan_choices() -> Iterable[tuple[str, str]]:
    return [(str(pk), nombre) for pk, nombre in Plan.objects.order_by("nombre").values_list("id", "nombre")[:500]]


def term_on(row: Subscription, day: date) -> Term | None:
    """Of a row whose terms are read: the one that runs, or the nearest."""
    terms = sorted(row.terms.all(), key=lambda one: one.seq)
    begun = [one for one in terms if one.from_on <= day]
    return begun[-1] if begun else terms[0] if terms else None


def plan_name(row: Subscription, at: At) -> str:
    term = term_on(row, at.today)
    return term.plan.nombre if term else ""


def price_of(row: Subscription, at: At) -> Any:
    """Of one whole period of the term that runs, taxed as its plan's price is; None without a price."""
    term = term_on(row, at.today)
    if term is None:
        return None
    prices = [one for one in term.plan.prices.all() if one.valid_from <= max(at.today, term.from_on)]
    if term.price is None and not prices:
        return None
    own = term.price if term.price is not None else max(prices, key=lambda one: one.valid_from).amount
    return own * term.quantity


SUBSCRIPTIONS = Listing(
    name="suscripciones",
    title="Suscripciones",
    one="suscripción",
    many="suscripciones",
    rows=lambda at: Subscription.objects.select_related("customer", "payer").prefetch_related(
        "pauses", "terms__plan__prices"
    ),
    filters=(
        Filter(
            "estado", "Estado", Kind.CHOICE, in_state, choices=STATES.items, in_sight=True,
        ),
        Filter(
            "q", "Cliente: nombre, RFC, teléfono o correo", Kind.WORDS,
            lambda rows, text, at: rows.filter(customer__in=having(Customer.objects.live(), text).values("pk")),
            in_sight=True,
        ),
        Filter("plan", "Plan", Kind.CHOICE, _with_plan, choices=plan_choices, in_sight=True),
        Filter(
            "desde", "Próximo cobro desde el día", Kind.DAY,
            lambda rows, day, at: rows.active().filter(next_on__gte=day), order=lambda day: "next_on",
        ),
        Filter(
            "hasta", "Próximo cobro hasta el día", Kind.DAY,
            lambda rows, day, at: rows.active().filter(next_on__lte=day), order=lambda day: "next_on",
        ),
        Filter(
            "clave", "Su clave en tu sistema", Kind.WORDS, lambda rows, text, at: rows.filter(external_id=text)
        ),
    ),
    columns=(
        Column("Número", Cell.NUMBER, lambda row, at: row.pk, 10),
        Column("Cliente", Cell.TEXT, lambda row, at: row.customer.nombre, 40),
        Column("Paga", Cell.TEXT, lambda row, at: row.payer.nombre, 40),
        Column("Etiqueta", Cell.TEXT, lambda row, at: row.label, 24),
        Column("Clave en tu sistema", Cell.TEXT, lambda row, at: row.external_id),
        Column("Plan", Cell.TEXT, plan_name, 30),
        Column("Precio", Cell.PESOS, price_of, 14),
        Column("Estado", Cell.TEXT, lambda row, at: row.get_state_display(), 14),
        Column("Empezó", Cell.TEXT, lambda row, at: row.starts_on.isoformat(), 12),
        Column("Próximo cobro", Cell.TEXT, lambda row, at: row.next_on.isoformat() if row.next_on else "", 12),
        Column("Último día", Cell.TEXT, lambda row, at: row.ends_on.isoformat() if row.ends_on else "", 12),
    ),
)  # fmt: skip
