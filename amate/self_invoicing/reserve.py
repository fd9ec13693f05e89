"""Blocks of codes for tills that sell while they are offline (OUTSIDE IMP-5): random, never computed at the till."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from amate.audit.record import record
from amate.self_invoicing.codes import new_code
from amate.self_invoicing.models import ReservedCode, Ticket

MOST_CODES = 1000


def reserve_codes(*, source: str, count: int, now: datetime) -> tuple[UUID, list[str]]:
    """A fresh block for one till: (batch, codes). Only that source may register notes with them, each once."""
    if not 1 <= count <= MOST_CODES:
        raise ValueError(f"a block holds 1 to {MOST_CODES} codes")
    batch = uuid4()
    codes = [new_code() for _ in range(count)]
    ReservedCode.objects.bulk_create(
        ReservedCode(code=code, source=source, batch=batch, reserved_at=now) for code in codes
    )
    record("codes.reserved", about=f"source:{source}", now=now, batch=str(batch), count=count)
    return batch, codes


def is_reserved(code: str, *, source: str) -> bool:
    """Whether this till may print the code. Whether a note has it already, the note's own constraint says."""
    return bool(ReservedCode.objects.filter(code=code, source=source).exists())


def free_codes(codes: Collection[str], *, source: str) -> set[str]:
    """Those of them that this till may print and no note has: `is_reserved` for many sales, in two statements."""
    reserved = ReservedCode.objects.filter(code__in=codes, source=source).values_list("code", flat=True)
    return set(reserved) - set(Ticket.objects.filter(code__in=codes).values_list("code", flat=True))
