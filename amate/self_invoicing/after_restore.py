"""A restored copy does not know the codes that were given after its backup; they are on paper all the same.

To let a till say which code it printed lets whoever has its key choose codes. So it is believed only of sales of the days
that were lost, only for a while, and only of a code that nobody else has.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from amate.self_invoicing.models import ReservedCode, Restoration, Ticket

BELIEVED_FOR = timedelta(days=30)
EARLIER = timedelta(days=3)  # a till without network sends a sale late: its code was given after the backup
LATER = timedelta(hours=1)  # clocks of tills


def remember_restore(*, made_at: datetime, now: datetime) -> None:
    """Once a company, after a restore from a backup of `made_at`."""
    Restoration.objects.create(made_at=made_at, restored_at=now)


def may_be_on_paper(code: str, *, sold_at: datetime, now: datetime) -> bool:
    """Whether a sale of that moment may bring this code, which we do not know. That no note has it, the note's own
    constraint says."""
    return bool(_lost(sold_at, now=now) and not ReservedCode.objects.filter(code=code).exists())


def on_paper(sales: Collection[tuple[str, datetime]], *, now: datetime) -> set[str]:
    """Of (code, sold_at), the codes that may be on paper and that no note has: `may_be_on_paper` for many."""
    said = {code for code, sold_at in sales if _lost(sold_at, now=now)}
    if not said:
        return said
    reserved = ReservedCode.objects.filter(code__in=said).values_list("code", flat=True)
    return said - set(reserved) - set(Ticket.objects.filter(code__in=said).values_list("code", flat=True))


def _lost(sold_at: datetime, *, now: datetime) -> bool:
    """Sold while the copy saw nothing, and not long ago."""
    rows = Restoration.objects.filter(
        made_at__lte=sold_at + EARLIER, restored_at__gte=sold_at - LATER, restored_at__gt=now - BELIEVED_FOR
    )
    return bool(rows.exists())
