"""A customer gets something that can be cut."""

from datetime import datetime

from amate.audit.record import record
from amate.billing_cycle.service.models import Service, SwitchAccount
from amate.ledger.lock import lock_customers


class NameInUse(Exception):
    """The other system's name is of a service that goes on; nothing was written. The message (Spanish) says whose."""


def add_service(
    *, customer_id: int, subscription_id: int | None, switch: SwitchAccount, external_id: str, name: str, now: datetime
) -> Service:
    """`customer_id` answers for it: the payer of its subscription. Numbers of orders go on after those of whoever had the
    same name in that system before, since it keeps the highest it ever heard. Raises NameInUse."""
    lock_customers([customer_id])
    same = Service.objects.filter(switch=switch, external_id=external_id)
    taken = same.live().select_related("customer").first()
    if taken is not None:
        raise NameInUse(f"«{external_id}» es de {taken.customer.nombre}: elige otro, o da de baja aquel servicio.")
    last = same.order_by("-gen").values_list("gen", flat=True).first()
    made = Service.objects.create(
        customer_id=customer_id,
        subscription_id=subscription_id,
        switch=switch,
        external_id=external_id,
        name=name,
        gen=(last or 0) + 1,
        changed_at=now,
        created_at=now,
    )
    record("service.added", about=f"service:{made.pk}", now=now, name=name)
    return made
