"""What a stamped REP told the SAT stays as it is, until that REP is cancelled (CYCLE §4). Called by `invoices`."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from amate.ledger.models import Allocation

# Each REP is sealed alone: composing this anew for each would cost as much as running it (decision 0006).
FREEZE = """
UPDATE ledger_allocation SET frozen_at = %s
WHERE id = ANY(%s::bigint[]) AND frozen_at IS NULL AND reversed_on IS NULL
"""


def freeze_allocations(*, allocation_ids: Collection[int], now: datetime) -> int:
    """How many were frozen now; those that are stay with their own instant."""
    with connection.cursor() as c:
        c.execute(FREEZE, [now, list(allocation_ids)])
        return int(c.rowcount)


def unfreeze_allocations(*, allocation_ids: Collection[int]) -> int:
    """Their REP is no more: they may be reversed again."""
    return Allocation.objects.live().filter(pk__in=allocation_ids, frozen_at__isnull=False).update(frozen_at=None)
