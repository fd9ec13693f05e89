"""Taking a promise and settling it, by compare-and-set (DECISIONS B2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from amate.promises.kinds import KINDS
from amate.promises.models import Promise
from amate.tenancy.scope import company_scope

LEASE = timedelta(minutes=10)
LONGEST_ASKED = timedelta(minutes=15)  # whatever a Retry-After says, somebody waits for the result


class TryLater(Exception):
    """The work could not be done now, through no fault of its own: it is tried again after a back-off.

    `after`: seconds that whoever refused asked us to wait. `alarm`: what a person must mend for any try to succeed; it
    goes on trying, so that nobody has to come back and say that it is mended.
    """

    def __init__(self, reason: str, *, after: float | None = None, alarm: str = "") -> None:
        super().__init__(reason)
        self.after = after
        self.alarm = alarm


class GiveUp(Exception):
    """No repetition will help: the promise stays open, with this sentence, until a person retries it."""


class LeaseLost(Exception):
    """This run was given up for dead and another one began: it writes nothing more."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to keep one promise. `attempt` is the fence: after a newer lease, the older one writes nothing. `ahead`: the
    company's clock."""

    company_id: int
    promise_id: int
    kind: str
    args: dict[str, Any]
    attempt: int
    asked: int
    queue: str
    priority: int
    ahead: timedelta = timedelta()


# A sandbox company's promises are due by its own clock; leases are of workers, and keep real time.
TAKE = """
WITH clock AS (SELECT coalesce((SELECT ahead FROM companies_sandboxclock), interval '0') AS ahead)
UPDATE promises_promise
SET attempts = attempts + 1, leased_until = clock_timestamp() + %s, leased_by = %s
FROM clock
WHERE id = %s AND done_at IS NULL AND next_try_at <= %s + clock.ahead
  AND (leased_until IS NULL OR leased_until < clock_timestamp())
RETURNING kind, args, attempts, asked, queue, priority, clock.ahead
"""
# Asked again while it ran: the run may have read the world before the new cause, so it is due again.
DONE = """
UPDATE promises_promise
SET leased_until = NULL, leased_by = NULL, last_error = '', alarm = '',
    done_at = CASE WHEN asked = %(asked)s THEN %(now)s::timestamptz END,
    next_try_at = CASE WHEN asked = %(asked)s THEN next_try_at ELSE %(now)s::timestamptz END
WHERE id = %(id)s AND attempts = %(attempt)s AND leased_by IS NOT NULL
RETURNING done_at IS NULL
"""
FAILED = """
UPDATE promises_promise
SET leased_until = NULL, leased_by = NULL, last_error = %(error)s, alarm = %(alarm)s, nudged_at = clock_timestamp(),
    next_try_at = CASE WHEN asked > %(asked)s THEN %(now)s ELSE %(again_at)s::timestamptz END
WHERE id = %(id)s AND attempts = %(attempt)s AND leased_by IS NOT NULL
RETURNING next_try_at
"""
MINE = "SELECT 1 FROM promises_promise WHERE id = %s AND attempts = %s AND leased_by IS NOT NULL FOR NO KEY UPDATE"
NUDGE = """
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(%s, 'keep', %s, NULL, NULL, %s, %s)::procrastinate_job_to_defer_v1])
"""


def take(*, company_id: int, promise_id: int, now: datetime, worker: int) -> Lease | None:
    """Lease a due promise, or None: it is done, not due, or somebody else is at it. `now` is real."""
    with company_scope(company_id), connection.cursor() as c:
        values: list[Any] = [LEASE, worker, promise_id, now]
        c.execute(TAKE, values)
        row = c.fetchone()
    if row is None:
        return None
    kind, args, attempt, asked, queue, priority, ahead = row
    return Lease(company_id, promise_id, kind, _json(args), attempt, asked, queue, priority, ahead)


def hold_fast(lease: Lease) -> None:
    """Make sure the lease is still ours until the open transaction ends. Raises LeaseLost. Inside the company's scope.

    For what a run records of the world when it is not plain truth: "nobody knows" from a run that was thought dead
    would overwrite what its successor is doing.
    """
    with connection.cursor() as c:
        c.execute(MINE, [lease.promise_id, lease.attempt])
        if c.fetchone() is None:
            raise LeaseLost(f"promise {lease.promise_id}, attempt {lease.attempt}")


def settle_done(lease: Lease, *, now: datetime) -> bool:
    """The promise is kept. False if the lease was lost meanwhile: nothing was written."""
    with company_scope(lease.company_id):
        return settle_here(lease, now=now)


def settle_here(lease: Lease, *, now: datetime) -> bool:
    """As `settle_done`, in the transaction of the run's last step: both are committed, or neither."""
    with connection.cursor() as c:
        c.execute(DONE, {"asked": lease.asked, "now": now, "id": lease.promise_id, "attempt": lease.attempt})
        row = c.fetchone()
        if row and row[0]:
            _nudge(c, lease, None)
    return row is not None


def settle_failed(
    lease: Lease, *, now: datetime, error: str, again: bool, after: float | None = None, alarm: str = ""
) -> bool:
    """The run failed; `again` says whether time may mend it. False if the lease was lost meanwhile.

    `after` (seconds, as in TryLater) is heeded when it is longer than our own wait, up to LONGEST_ASKED.
    """
    asked_for = min(timedelta(seconds=after or 0), LONGEST_ASKED)
    again_at = now + max(KINDS[lease.kind].wait(lease.attempt), asked_for) if again else None
    values: dict[str, Any] = {"asked": lease.asked, "now": now, "id": lease.promise_id, "attempt": lease.attempt}
    with company_scope(lease.company_id), connection.cursor() as c:
        c.execute(FAILED, {**values, "error": error[:4000], "again_at": again_at, "alarm": alarm})
        row = c.fetchone()
        if row and row[0] is not None:
            _nudge(c, lease, max(row[0], now) - lease.ahead)
    return row is not None


def retry_now(*, promise_id: int, now: datetime) -> bool:
    """A person asks for another try at once, whatever the back-off said. Runs inside the caller's scope."""
    with connection.cursor() as c:
        c.execute(
            "UPDATE promises_promise SET next_try_at = %s, asked = asked + 1, nudged_at = clock_timestamp() "
            "WHERE id = %s AND done_at IS NULL RETURNING company_id, queue, priority",
            [now, promise_id],
        )
        row = c.fetchone()
        if row is None:
            return False
        company_id, queue, priority = row
        nudge: list[Any] = [queue, priority, Jsonb({"company_id": company_id, "promise_id": promise_id}), None]
        c.execute(NUDGE, nudge)
    return True


def retry_all(*, alarms: Sequence[str], now: datetime) -> None:
    """A person mended what these waited for: they need not sleep out their back-off. Runs inside the caller's scope."""
    waiting = Promise.objects.filter(done_at__isnull=True, alarm__in=alarms, leased_by__isnull=True)
    for promise_id in waiting.values_list("pk", flat=True):
        retry_now(promise_id=promise_id, now=now)


def give_up(promise_ids: list[int], *, why: str) -> int:
    """No machine goes on with these until a person retries them. Runs inside the caller's scope, while no worker does."""
    with connection.cursor() as c:
        c.execute(
            "UPDATE promises_promise SET next_try_at = NULL, last_error = %s WHERE id = ANY(%s) AND done_at IS NULL",
            [why, promise_ids],
        )
        return int(c.rowcount)


def withdraw(keys: list[str], *, now: datetime) -> int:
    """These were given up and are not owed any more: what they were for came about otherwise. Inside the caller's scope."""
    with connection.cursor() as c:
        c.execute(
            "UPDATE promises_promise SET done_at = %s WHERE key = ANY(%s) AND done_at IS NULL AND next_try_at IS NULL",
            [now, keys],
        )
        return int(c.rowcount)


def _nudge(cursor: Any, lease: Lease, at: datetime | None) -> None:
    args = Jsonb({"company_id": lease.company_id, "promise_id": lease.promise_id})
    cursor.execute(NUDGE, [lease.queue, lease.priority, args, at])


def _json(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    import json

    loaded: dict[str, Any] = json.loads(value)
    return loaded
