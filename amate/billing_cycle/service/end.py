"""A service ends: with its subscription, or because a person says so. The other side turns it off, and only then its name is
free for somebody else."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce

from amate.audit.record import record
from amate.billing_cycle.service.hold import CannotHold, hold_service
from amate.billing_cycle.service.models import Desired, Hold, Reason, Service
from amate.billing_cycle.subscriptions.models import SubscriptionState
from amate.ledger.lock import lock_customers

AT_ONCE = 100  # of one transaction; the next beat goes on
ITSELF = "amate"


def end_service(*, service_id: int, why: str, by: str, today: date, now: datetime) -> bool:
    """False: it was asked already. Raises CannotHold, Service.DoesNotExist for one that is over."""
    if not why.strip():
        raise CannotHold("Escribe por qué se da de baja: queda en el historial.")
    service = Service.objects.live().get(pk=service_id)
    lock_customers([service.customer_id])
    return _end(service, why=why.strip(), by=by, today=today, now=now)


def end_services(*, today: date, now: datetime) -> int:
    """Those whose subscription is over, and the name of those that the other side has turned off. Doubled it is harmless."""
    due = list(_whose_subscription_is_over(today).order_by("pk")[:AT_ONCE])
    lock_customers({one.customer_id for one in due})
    ended = sum(_end(one, why="Terminó su suscripción", by=ITSELF, today=today, now=now) for one in due)
    _let_names_go(now=now)
    return ended


def ending(service_ids: Collection[int]) -> set[int]:
    """Of these, which are on their way out."""
    rows = Hold.objects.open().filter(service_id__in=service_ids, reason=Reason.ENDED)
    return set(rows.values_list("service_id", flat=True))


def _end(service: Service, *, why: str, by: str, today: date, now: datetime) -> bool:
    return hold_service(service=service, reason=Reason.ENDED, decision=None, by=by, note=why, today=today, now=now)


def _whose_subscription_is_over(today: date) -> Any:
    """Billed in advance, a subscription of so many periods is over for whoever bills while its last days are still served."""
    rows = Service.objects.live().filter(subscription__isnull=False)
    asked = Hold.objects.open().filter(reason=Reason.ENDED).values("service_id")
    rows = rows.exclude(pk__in=asked).annotate(
        last_served=Coalesce(F("subscription__ends_on"), Max("subscription__periods__ends_on"))
    )
    over = Q(subscription__state=SubscriptionState.CANCELLED, subscription__ends_on__isnull=True)
    over |= Q(subscription__state__in=(SubscriptionState.CANCELLED, SubscriptionState.ENDED), last_served__lte=today)
    over |= Q(subscription__state=SubscriptionState.ACTIVE, subscription__ends_on__lte=today)
    return rows.filter(over)


def _let_names_go(*, now: datetime) -> None:
    """Before, another of the same name could be turned on and off in turns."""
    held = Hold.objects.open().filter(reason=Reason.ENDED).values("service_id")
    off = Service.objects.live().filter(
        pk__in=held, desired=Desired.SUSPENDED, actual=Desired.SUSPENDED, actual_gen=F("gen")
    )
    for service in off.order_by("pk")[:AT_ONCE]:
        if Service.objects.filter(pk=service.pk, ended_at__isnull=True, gen=service.gen).update(ended_at=now):
            record("service.ended", about=f"service:{service.pk}", now=now, name=service.name)
