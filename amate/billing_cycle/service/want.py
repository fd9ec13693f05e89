"""What is wanted of a service follows from its open holds, and every change of it is owed to the other side."""

from datetime import date, datetime

from amate.billing_cycle.service.models import Desired, Hold, Service, Switch
from amate.promises.kinds import BATCH, SOMEBODY_WAITS
from amate.promises.models import Promise
from amate.promises.promise import promise
from amate.tenancy.writes import rewrite


def want(service: Service, *, now: datetime) -> Desired | None:
    """Suspended exactly while a hold is open, or slower while every open one asks for no more, judged under the service's
    lock whatever the caller read. What is wanted, if that changed: then the next order carries a higher number, and is
    owed. Who is wanted again does not queue behind whoever is cut."""
    service = Service.locked(service.pk)
    holds = Hold.objects.open().filter(service=service).values_list("slower_until", flat=True)
    desired = _of_holds(list(holds))
    if desired == service.desired:
        return None
    rewrite(service, desired=desired, gen=service.gen + 1, changed_at=now)
    owe_order(service, now=now)
    return desired


def _of_holds(slower_until: list[date | None]) -> Desired:
    """
    >>> [_of_holds(one).value for one in ([], [date(2026, 3, 9)], [date(2026, 3, 9), None])]
    ['active', 'limited', 'suspended']
    """
    if not slower_until:
        return Desired.ACTIVE
    return Desired.SUSPENDED if None in slower_until else Desired.LIMITED


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
    left = Service.objects.to_drive().filter(switch__disabled_at__isnull=True).exclude(switch__kind=Switch.MANUAL)
    owed = set(Promise.objects.open().filter(kind__in=("suspend", "reactivate")).values_list("key", flat=True))
    found = [one for one in left.order_by("id") if f"drive:{one.pk}:{one.gen}" not in owed]
    for one in found:
        owe_order(one, now=now)
    return len(found)


def owe_all_of(*, switch_id: int, now: datetime) -> None:
    """All that one system lacks, also what was given up: a person mended what it was given up for."""
    for one in Service.objects.to_drive().filter(switch_id=switch_id).order_by("id"):
        owe_order(one, now=now)
