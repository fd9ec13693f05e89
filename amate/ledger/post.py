"""Entries are written: two statements, however many they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from amate.ledger.entries import Line
from amate.ledger.models import JournalEntry, JournalLine
from amate.tenancy.writes import insert_all


@dataclass(frozen=True, slots=True)
class Event:
    """What an entry is about. `reverses`: the id of the entry it takes back, once."""

    source_key: str
    day: date
    moneda: str
    lines: Sequence[Line]
    reverses: int | None = None


def post(events: Sequence[Event], *, today: date, now: datetime) -> None:
    """Write them. A source key that is there, or an entry that was reversed before, raises IntegrityError; so does what
    does not sum to zero."""
    entries = [
        JournalEntry(source_key=one.source_key, day=one.day, booked_on=today, reverses_id=one.reverses, created_at=now)
        for one in events
    ]
    insert_all(entries)
    insert_all(
        [
            JournalLine(
                entry=entry,
                day=entry.day,
                account=line.account,
                moneda=one.moneda,
                amount=line.amount,
                customer_id=line.customer,
                receivable_id=line.receivable,
                payment_id=line.payment,
            )
            for entry, one in zip(entries, events, strict=True)
            for line in one.lines
        ]
    )
