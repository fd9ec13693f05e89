"""The list of services: what it may be narrowed by, and what an export of it holds."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q

from amate.billing_cycle.service.models import Desired, Hold, Reason, Service, Switch, SwitchAccount
from amate.customers.models import Customer
from amate.customers.search import having
from amate.desk.filters import At, Filter, Kind
from amate.desk.listing import Cell, Column, Listing

STATES = {
    "active": "Activos",
    "suspended": "Suspendidos",
    "limited": "Más lentos",
    "pending": "Con orden pendiente",
    "trouble": "Con falla",
    "tasks": "Por hacer a mano",
    "drift": "El otro sistema dice otra cosa",
    "ended": "Dados de baja",
}


def _in_state(rows: Any, state: str, at: At) -> Any:
    if state == "ended":
        return rows.filter(ended_at__isnull=False)
    if state == "pending":
        return rows.to_drive()
    if state == "trouble":
        return rows.to_drive().exclude(trouble="")
    if state == "tasks":
        return rows.to_drive().filter(switch__kind=Switch.MANUAL)
    if state == "drift":
        return rows.live().filter(actual_gen=F("gen")).exclude(actual=F("desired"))
    return rows.live().filter(desired=state)


def _named(rows: Any, text: str, at: At) -> Any:
    """By the other system's name in full, or by its customer."""
    whose = having(Customer.objects.live(), text).values("pk")
    return rows.filter(Q(external_id=text) | Q(customer__in=whose))


def _held_for(rows: Any, reason: str, at: At) -> Any:
    return rows.filter(pk__in=Hold.objects.open().filter(reason=reason).values("service_id"))


def _systems() -> Iterable[tuple[str, str]]:
    return [(str(pk), name) for pk, name in SwitchAccount.objects.order_by("name").values_list("pk", "name")]


def held_because(row: Service) -> str:
    """The open holds, of the prefetched ones."""
    return ", ".join(hold.get_reason_display() for hold in row.holds.all() if hold.lifted_at is None)


SERVICES = Listing(
    name="servicios",
    title="Servicios",
    one="servicio",
    many="servicios",
    rows=lambda at: Service.objects.prefetch_related("customer", "switch", "holds"),
    filters=(
        Filter(
            "estado", "Estado", Kind.CHOICE, _in_state, choices=STATES.items, in_sight=True, off=lambda rows: rows.live(),
            unchosen="Los que siguen"
        ),
        Filter("motivo", "Suspendido por", Kind.CHOICE, _held_for, choices=lambda: Reason.choices, in_sight=True),
        Filter("q", "Cliente, o su clave en el otro sistema", Kind.WORDS, _named, in_sight=True),
        Filter(
            "sistema", "Sistema", Kind.CHOICE, lambda rows, pk, at: rows.filter(switch_id=int(pk)), choices=_systems
        ),
    ),
    columns=(
        Column("Servicio", Cell.TEXT, lambda row, at: row.name, 28),
        Column("Clave", Cell.TEXT, lambda row, at: row.external_id, 24),
        Column("Sistema", Cell.TEXT, lambda row, at: row.switch.name),
        Column("Número de cliente", Cell.NUMBER, lambda row, at: row.customer.number, 10),
        Column("Cliente", Cell.TEXT, lambda row, at: row.customer.nombre, 36),
        Column("Debe estar", Cell.TEXT, lambda row, at: row.get_desired_display(), 14),
        Column("Está", Cell.TEXT, lambda row, at: Desired(row.actual).label if row.actual else "No se sabe", 14),
        Column("Por qué", Cell.TEXT, lambda row, at: held_because(row), 30),
        Column("Falla", Cell.TEXT, lambda row, at: row.trouble, 40),
        Column("Cambió", Cell.MOMENT, lambda row, at: row.changed_at),
        Column("Visto", Cell.MOMENT, lambda row, at: row.observed_at),
    ),
)  # fmt: skip
