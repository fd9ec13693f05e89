"""The other side is asked again at once, instead of when the next try would be, or after the last one was given up."""

from datetime import datetime

from amate.audit.record import record
from amate.billing_cycle.service.models import Service, Switch
from amate.billing_cycle.service.want import owe_order


class NothingToOrder(Exception):
    """Nothing was written. The message (Spanish) says why."""


def order_again(*, service_id: int, now: datetime) -> Service:
    """Raises NothingToOrder, Service.DoesNotExist."""
    service = Service.objects.live().select_related("switch").get(pk=service_id)
    if service.actual_gen == service.gen:
        raise NothingToOrder("El otro sistema ya lo tiene así.")
    if service.switch.kind == Switch.MANUAL:
        raise NothingToOrder("Este sistema lo maneja una persona: márcalo como hecho cuando lo hagas.")
    if service.switch.disabled_at is not None:
        raise NothingToOrder(f"{service.switch.name} está apagado: enciéndelo en Ajustes.")
    owe_order(service, now=now)
    record("service.order_retried", about=f"service:{service.pk}", now=now, gen=service.gen)
    return service
