"""The net below the nudges: what is due and was not nudged lately, and the leases of dead workers."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

# Both functions belong to amate_owner and return ids only: the sweep crosses companies, the worker may not.
NUDGED = """
, jobs AS (SELECT procrastinate_defer_jobs_v1(array_agg(ROW(queue, 'keep', priority, NULL, NULL,
  jsonb_build_object('company_id', company_id, 'promise_id', id), NULL)::procrastinate_job_to_defer_v1))
  FROM due HAVING count(*) > 0)
SELECT count(*) FROM due, (SELECT count(*) FROM jobs) AS deferred
"""
# One statement each: found and nudged, or neither.
DUE = f"WITH due AS (SELECT * FROM promises_due(%s, %s, %s)) {NUDGED}"  # noqa: S608 literals
FREE = f"WITH due AS (SELECT * FROM promises_release(%s)) {NUDGED}"  # noqa: S608 literals


def sweep(*, now: datetime, lately: timedelta = timedelta(seconds=60), limit: int = 500) -> int:
    """Nudge what is due, not leased, and not nudged within `lately`. Returns how many. Outside any scope."""
    with connection.cursor() as c:
        values: list[Any] = [now, lately, limit]  # psycopg adapts an interval; Django's types do not know it
        c.execute(DUE, values)
        row = c.fetchone()
    return int(row[0]) if row else 0


def rescue(*, dead_after: timedelta) -> int:
    """Take the leases of workers whose heart stopped, nudge their promises, mark their jobs failed."""
    with connection.cursor() as c:
        values: list[Any] = [dead_after]
        c.execute(FREE, values)
        row = c.fetchone()
        c.execute(
            "UPDATE procrastinate_jobs j SET status = 'failed' WHERE status = 'doing' AND NOT EXISTS "
            "(SELECT 1 FROM procrastinate_workers w WHERE w.id = j.worker_id AND w.last_heartbeat > clock_timestamp() - %s)",
            values,
        )
    return int(row[0]) if row else 0
