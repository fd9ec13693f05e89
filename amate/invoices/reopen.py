"""A REP tells nothing any more: what it paid is owed one again, and the ledger may take its payments back."""

from datetime import datetime

from amate.invoices.models import Instalment, Invoice
from amate.ledger.freeze import unfreeze_allocations


def reopen_instalments(rep: Invoice, *, now: datetime) -> None:
    """Once it was refused for good, abandoned or cancelled, in that transaction and under its lock."""
    live = Instalment.objects.live().filter(rep=rep)
    told = [pk for pk in live.values_list("allocation_id", flat=True) if pk is not None]
    live.update(reopened_at=now)
    if told:
        unfreeze_allocations(allocation_ids=told)
