"""What is wanted of a service follows from its open holds, and every change of it is owed to the other side."""

from datetime import datetime

from amate.billing_cycle.service.models import Desired, Hold, Service, Switch
from amate.promises.kinds import BATCH, SOMEBODY_WAITS
from amate.promises.models import Promise
from amate.promises.promise import promise
from amate.tenancy.writes import rewrite


def want(service: Service, *, now: datetime) -> bool:
    """Suspended exactly while a hold is open, judged under the service's lock whatever the caller read. True if that
    changed: then the next order carries a higher number, and is owed. Who is wanted again does not queue behind whoever
    is cut."""
    service = Service.locked(service.pk)
    held = Hold.objects.open().filter(service=service).exists()
    desired = Desired.SUSPENDED if held else Desired.ACTIVE
    if desired == service.desired:
        return False
    rewrite(service, desired=desired, gen=service.gen + 1, changed_at=now)
    owe_order(service, now=now)
    return True


def owe_order(service: Service, *, now: datetime) -> None:
    back = service.desired == Desired.ACTIVE
    promise(
        "reactivate" if back else "suspend",
        key=f"drive:{service.pk}:{service.gen}",
        now=now,
        priority=SOMEBODY_WAITS if back else BATCH,
        service_id=service.pk,
    )


def owe_what_is_left(*, now: datetime) -> int:
    """Orders that nobody owes any more though the other side lacks them: of a system that was turned on again, or whose
    last try was given up. Doubled it is harmless."""
    left = Service.objects.to_drive().filter(switch__kind=Switch.WEBHOOK, switch__disabled_at__isnull=True)
    owed = set(Promise.objects.open().filter(kind__in=("suspend", "reactivate")).values_list("key", flat=True))
    found = [one for one in left.order_by("id") if f"drive:{one.pk}:{one.gen}" not in owed]
    for one in found:
        owe_order(one, now=now)
    return len(found)
