"""By which ways a customer asked not to be reminded: he himself from his page, or whoever writes it down for him."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from amate.audit.record import record
from amate.billing_cycle.collection.models import Channel, OptOut
from amate.ledger.lock import lock_customers


def silence_channels(*, customer_id: int, silenced: Collection[Channel], by: str, now: datetime) -> bool:
    """From now on he is reminded by the others alone. False: it was so already."""
    lock_customers([customer_id])
    before = silenced_of([customer_id]).get(customer_id, frozenset())
    wanted = frozenset(silenced)
    if wanted == before:
        return False
    live = OptOut.objects.filter(customer_id=customer_id, ended_at__isnull=True)
    live.filter(channel__in=before - wanted).update(ended_at=now, ended_by=by)
    for channel in sorted(wanted - before):
        OptOut.objects.create(customer_id=customer_id, channel=channel, by=by, made_at=now)
    said = ", ".join(one.label for one in Channel if one in wanted) or "ninguno"
    record("customer.channels", about=f"customer:{customer_id}", now=now, silenced=said, by=by)
    return True


def silenced_of(customer_ids: Collection[int]) -> dict[int, frozenset[Channel]]:
    """Of those who silenced any. One statement."""
    found: dict[int, set[Channel]] = defaultdict(set)
    rows = OptOut.objects.filter(customer_id__in=customer_ids, ended_at__isnull=True)
    for customer_id, channel in rows.values_list("customer_id", "channel"):
        found[customer_id].add(Channel(channel))
    return {pk: frozenset(some) for pk, some in found.items()}
