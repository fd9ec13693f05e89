from django.db import migrations

from amate.tenancy.policy import guard

# What the sweep and the rescue need across companies, and nothing else: ids. They run as amate_owner, so that the worker
# needs no owner password (DECISIONS A3).
PLANNER = """
CREATE FUNCTION promises_due(at timestamptz, lately interval, n int)
RETURNS TABLE (company_id bigint, id bigint, queue text, priority int)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE promises_promise p SET nudged_at = clock_timestamp()
  WHERE p.id IN (
    SELECT q.id FROM promises_promise q
    WHERE q.done_at IS NULL AND q.next_try_at <= at - lately
      AND (q.leased_until IS NULL OR q.leased_until < clock_timestamp())
      AND (q.nudged_at IS NULL OR q.nudged_at <= clock_timestamp() - lately)
    ORDER BY q.next_try_at LIMIT n FOR UPDATE SKIP LOCKED)
  RETURNING p.company_id, p.id, p.queue, p.priority $$;

CREATE FUNCTION promises_release(dead_after interval)
RETURNS TABLE (company_id bigint, id bigint, queue text, priority int)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE promises_promise p
  SET leased_until = NULL, leased_by = NULL, last_error = 'El proceso que lo hacía murió.', nudged_at = clock_timestamp()
  WHERE p.done_at IS NULL AND p.leased_by IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM procrastinate_workers w
                    WHERE w.id = p.leased_by AND w.last_heartbeat > clock_timestamp() - dead_after)
  RETURNING p.company_id, p.id, p.queue, p.priority $$;

REVOKE ALL ON FUNCTION promises_due, promises_release FROM PUBLIC;
GRANT EXECUTE ON FUNCTION promises_due, promises_release TO amate_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("promises", "0001_initial"),
        ("companies", "0002_guards"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        guard("promises_promise"),
        migrations.RunSQL(PLANNER, "DROP FUNCTION promises_due; DROP FUNCTION promises_release;"),
    ]
