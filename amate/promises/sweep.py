"""The net below the nudges: what is due and was not nudged lately, and the leases of dead workers."""

from datetime import datetime, timedelta

from django.db import connection
from psycopg.types.json import Jsonb

from amate.promises.lease import NUDGE

# Both functions belong to amate_owner and return ids only: the sweep crosses companies, the worker may not.
DUE = """
WITH due AS (SELECT * FROM promises_due(%s, %s, %s)),
jobs AS (SELECT procrastinate_defer_jobs_v1(array_agg(ROW(queue, 'keep', priority, NULL, NULL,
  jsonb_build_object('company_id', company_id, 'promise_id', id), NULL)::procrastinate_job_to_defer_v1))
  FROM due HAVING count(*) > 0)
SELECT count(*) FROM due, (SELECT count(*) FROM jobs) AS deferred
"""


def sweep(*, now: datetime, lately: timedelta = timedelta(seconds=60), limit: int = 500) -> int:
    """Nudge what is due, not leased, and not nudged within `lately`. Returns how many. Outside any scope."""
    with connection.cursor() as c:
        c.execute(DUE, [now, lately, limit])
        row = c.fetchone()
    return int(row[0]) if row else 0


def rescue(*, dead_after: timedelta) -> int:
    """Take the leases of workers whose heart stopped, nudge their promises, mark their jobs failed."""
    with connection.cursor() as c:
        c.execute("SELECT company_id, id, queue, priority FROM promises_release(%s)", [dead_after])
        rows = c.fetchall()
        for company_id, promise_id, queue, priority in rows:
            c.execute(NUDGE, [queue, priority, Jsonb({"company_id": company_id, "promise_id": promise_id}), None])
        c.execute(
            "UPDATE procrastinate_jobs j SET status = 'failed' WHERE status = 'doing' AND NOT EXISTS "
            "(SELECT 1 FROM procrastinate_workers w WHERE w.id = j.worker_id AND w.last_heartbeat > clock_timestamp() - %s)",
            [dead_after],
        )
    return len(rows)
