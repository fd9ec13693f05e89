"""A person did by hand what was owed to the other side: of a system that only people work, or that would not answer."""

from datetime import datetime

from amate.audit.record import record
from amate.billing_cycle.service.models import Desired, Order, Service
from amate.tenancy.writes import insert, rewrite


class Meanwhile(Exception):
    """Something else is wanted of the service by now; nothing was written. The message (Spanish) says what."""


def tell_done(*, service_id: int, gen: int, by: str, now: datetime) -> Service:
    """`gen`: the order that the person was shown. Raises Meanwhile, Service.DoesNotExist."""
    service = Service.locked(service_id)
    if service.gen != gen:
        wanted = Desired(service.desired).label.lower()
        raise Meanwhile(f"Cambió mientras tanto: ahora debe quedar {wanted}. Revisa y vuelve a marcarlo.")
    if service.actual_gen == service.gen:
        return service
    insert(
        Order(
            service=service,
            gen=gen,
            state=Desired(service.desired),
            answer=f"Lo hizo {by}",
            went_well=True,
            millis=0,
            at=now,
        )
    )
    rewrite(service, actual=service.desired, actual_gen=gen, observed_at=now, trouble="")
    record("service.done_by_hand", about=f"service:{service.pk}", now=now, state=service.desired, gen=gen)
    return service
