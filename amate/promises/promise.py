"""`promise()`: owe something, in the transaction of its cause."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from amate.promises.kinds import KINDS
from amate.tenancy.clock import ahead
from amate.tenancy.scope import open_company

# One statement on Django's own cursor: the rows and their nudges commit or vanish together. Procrastinate's own
# `defer()` would, inside a worker, use a pool of its own and leave the job behind a rolled-back step (DECISIONS B1).
# Keys are sorted so that two bulks cannot deadlock on each other's rows.
OWE = """
WITH wanted AS (
  SELECT * FROM unnest(%(keys)s::text[], %(args)s::jsonb[]) AS w(key, args)
), kept AS (
  INSERT INTO promises_promise AS p
    (company_id, key, kind, args, queue, priority, asked, attempts, next_try_at, nudged_at, last_error,
     alarm, asked_at)
  SELECT %(company)s, key, %(kind)s, args, %(queue)s, %(priority)s, 1, 0, %(at)s, clock_timestamp(), '',
         '', %(now)s
  FROM wanted ORDER BY key
  ON CONFLICT (company_id, key) WHERE done_at IS NULL DO UPDATE SET
    asked = p.asked + 1,
    args = excluded.args,
    next_try_at = least(p.next_try_at, excluded.next_try_at),
    priority = greatest(p.priority, excluded.priority),
    nudged_at = excluded.nudged_at
  RETURNING id, queue, priority, next_try_at
), nudged AS (
  SELECT procrastinate_defer_jobs_v1(array_agg(ROW(
    queue, 'keep', priority, NULL, NULL, jsonb_build_object('company_id', %(company)s::bigint, 'promise_id', id),
    next_try_at - %(ahead)s)::procrastinate_job_to_defer_v1)) FROM kept)
SELECT (SELECT array_agg(id) FROM kept) FROM nudged
"""


def promise_all(
    *, kind: str, wanted: Mapping[str, Mapping[str, Any]], now: datetime, priority: int, at: datetime | None = None
) -> list[int]:
    """Owe many of one kind: {key: args}. Of the same open key there is one row, asked again each time.

    `at` puts the first try off; a promise already open is only ever pulled forward.
    """
    if not wanted:
        return []
    values: dict[str, Any] = {
        "ahead": ahead(),  # a job is begun by the real clock
        "company": open_company(),
        "kind": kind,
        "queue": KINDS[kind].queue,
        "priority": priority,
        "at": at or now,
        "now": now,
        "keys": list(wanted),
        "args": [Jsonb(dict(args)) for args in wanted.values()],
    }
    with connection.cursor() as c:
        c.execute(OWE, values)
        row = c.fetchone()
    return list(row[0]) if row else []


def promise(kind: str, *, key: str, now: datetime, priority: int, at: datetime | None = None, **args: Any) -> int:
    """Owe one thing. `key` is built from stable ids; the same key asked twice is kept once."""
    return promise_all(kind=kind, wanted={key: args}, now=now, priority=priority, at=at)[0]
