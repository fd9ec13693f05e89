"""Allocations are taken back: the debt is owed again from today, the money stands in favour again."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from amate.ledger.entries import lines_of_allocation, negated
from amate.ledger.models import Allocation, JournalEntry
from amate.ledger.post import Event, post


class Frozen(Exception):
    """A REP tells the SAT of these allocations; nothing was written. The message (Spanish) says what to do."""

    def __init__(self, parts: Sequence[Allocation]) -> None:
        super().__init__(
            "Ese pago ya está en un complemento de pago (REP) timbrado: cancela primero el complemento y vuelve a intentarlo."
        )
        self.allocations = list(parts)


def unallocate(parts: Sequence[Allocation], *, today: date, now: datetime) -> None:
    """Reverse live allocations, whose receivables are loaded, under their customer's lock. Raises Frozen."""
    frozen = [one for one in parts if one.frozen_at is not None]
    if frozen:
        raise Frozen(frozen)
    if not parts:
        return
    entries = entries_of(f"allocation:{one.pk}" for one in parts)
    Allocation.objects.filter(pk__in=[one.pk for one in parts]).update(reversed_on=today, reversed_at=now)
    events = [
        Event(
            f"unallocation:{one.pk}",
            today,
            one.receivable.moneda,
            negated(lines_of_allocation(one, one.receivable)),
            reverses=entries[f"allocation:{one.pk}"],
        )
        for one in parts
    ]
    post(events, today=today, now=now)


def entries_of(keys: Iterable[str]) -> dict[str, int]:
    """The ids of entries by their source keys."""
    return dict(JournalEntry.objects.filter(source_key__in=list(keys)).values_list("source_key", "pk"))
