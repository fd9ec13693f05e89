"""The fuse stopped the cuts of a day: a person looked, and lets so many through."""

from datetime import date, datetime

from amate.audit.record import record
from amate.billing_cycle.collection.models import CollectionDay


class NothingHeld(Exception):
    """No cuts of that day wait for a person; nothing was written. The message (Spanish) says so."""


def allow_cuts(*, day: date, most: int, by: str, now: datetime) -> CollectionDay:
    """`most`: customers in all that day. The next beat of the clock goes on with them. Raises NothingHeld."""
    row = CollectionDay.objects.select_for_update(no_key=True).filter(day=day).first()
    if row is None or row.cut_at is not None or row.would_cut is None or not row.held_because:
        raise NothingHeld("No hay cortes detenidos de ese día: quizá ya se hicieron, o ya pasó su hora.")
    row.allowed, row.allowed_by, row.held_because = most, by, ""
    row.save(update_fields=["allowed", "allowed_by", "held_because"])
    record("cuts.allowed", about=f"collection_day:{row.pk}", now=now, most=most, day=day.isoformat())
    found: CollectionDay = row
    return found
