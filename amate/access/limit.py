"""The limiter: exact counts in one SQL upsert, no other service (OUTSIDE GRD-3)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

# A lagging clock cannot reset a window: the bucket only ever moves forward.
HIT = """
INSERT INTO rate_bucket AS b (key, window_start, hits) VALUES (%s, %s, 1)
ON CONFLICT (key) DO UPDATE SET
  hits = CASE WHEN excluded.window_start > b.window_start THEN 1 ELSE b.hits + 1 END,
  window_start = GREATEST(b.window_start, excluded.window_start)
RETURNING hits
"""


@dataclass(frozen=True, slots=True)
class Limit:
    name: str
    hits: int
    seconds: int


def hit(limit: Limit, who: str, *, now: datetime) -> bool:
    """Count one; True while `who` is still within the limit.

    Must run outside a transaction: inside one, equal keys would wait for each other and a rollback would forget the hit.
    """
    assert not connection.in_atomic_block, "the limiter counts outside transactions"
    window = int(now.timestamp()) // limit.seconds
    with connection.cursor() as c:
        c.execute(HIT, [_key(limit, who), window])
        row = c.fetchone()
    assert row is not None
    return int(row[0]) <= limit.hits


def give_back(limit: Limit, who: str, *, now: datetime) -> None:
    """Undo one `hit` of the same window: what was counted before it was known turned out to be right."""
    with connection.cursor() as c:
        c.execute(
            "UPDATE rate_bucket SET hits = hits - 1 WHERE key = %s AND window_start = %s AND hits > 0",
            [_key(limit, who), int(now.timestamp()) // limit.seconds],
        )


def seconds_to_wait(limits: tuple[tuple[Limit, str], ...], *, now: datetime) -> int:
    """How long until every exhausted limit of these reopens; 0 if none is exhausted. Counts nothing."""
    return max(waits_of(limits, now=now), default=0)


def waits_of(limits: tuple[tuple[Limit, str], ...], *, now: datetime) -> tuple[int, ...]:
    """How long until each reopens, in their order; 0 for one that is not exhausted. One query."""
    keys = [_key(limit, who) for limit, who in limits]
    with connection.cursor() as c:
        c.execute("SELECT key, window_start, hits FROM rate_bucket WHERE key = ANY(%s)", [keys])
        seen = {key: (start, hits) for key, start, hits in c.fetchall()}
    return tuple(_wait(limit, *seen.get(key, (0, 0)), now=now) for (limit, _), key in zip(limits, keys, strict=True))


def _wait(limit: Limit, start: int, hits: int, *, now: datetime) -> int:
    passed = int(now.timestamp())
    if hits < limit.hits or start < passed // limit.seconds:
        return 0
    return (start + 1) * limit.seconds - passed


def forget_old_buckets(*, now: datetime) -> int:
    """Drop the buckets whose window has passed; run once a day. The key carries its own window's length."""
    with connection.cursor() as c:
        c.execute(
            "DELETE FROM rate_bucket WHERE (window_start + 1) * split_part(key, ':', 2)::bigint < %s",
            [int(now.timestamp())],
        )
        return int(c.rowcount)


def _key(limit: Limit, who: str) -> str:
    return f"{limit.name}:{limit.seconds}:{who}"
