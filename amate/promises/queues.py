"""How each queue of nudges goes, from Procrastinate's own tables: numbers for whoever watches the installation (RUNNING 3.8)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from amate.promises.kinds import QUEUES

# Ids are given in the order of asking: of the jobs that wait for no hour, only the first one's moment is looked up.
FIGURES = """
WITH q AS (
  SELECT queue_name, count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at <= clock_timestamp(), true)) AS waiting,
         min(id) FILTER (WHERE status = 'todo' AND scheduled_at IS NULL) AS first,
         min(scheduled_at) FILTER (WHERE status = 'todo' AND scheduled_at <= clock_timestamp()) AS due,
         count(*) FILTER (WHERE status = 'doing' AND NOT EXISTS (
           SELECT FROM procrastinate_workers w WHERE w.id = worker_id AND w.last_heartbeat > clock_timestamp() - %s
         )) AS stalled,
         count(*) FILTER (WHERE status = 'failed') AS failed
  FROM procrastinate_jobs GROUP BY queue_name
)
SELECT queue_name, waiting, stalled, failed, coalesce(extract(epoch FROM clock_timestamp() - least(
  due, (SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = q.first))), 0)::double precision
FROM q
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of one queue: jobs that could begin now, and since when the oldest of them could; jobs whose worker's heart stopped
    in the middle; and jobs that were given up for dead, whose work went on in others."""

    queue: str
    waiting: int = 0
    stalled: int = 0
    failed: int = 0
    oldest_seconds: float = 0.0


def queues(*, dead_after: timedelta) -> list[Waiting]:
    """Every queue, also those with nothing in them. Needs no company's scope."""
    with connection.cursor() as c:
        values: list[Any] = [dead_after]
        c.execute(FIGURES, values)
        found = {row[0]: Waiting(*row) for row in c.fetchall()}
    return [found.get(queue, Waiting(queue)) for queue in QUEUES]
