from django.db import migrations

# As 0002 and 0004, but a sandbox company's promises are due by its own clock. Theirs are looked up apart, so that the sweep
# of real ones goes on by its index alone.
DUE = """
CREATE OR REPLACE FUNCTION promises_due(at timestamptz, lately interval, n int)
RETURNS TABLE (company_id bigint, id bigint, queue text, priority int)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE promises_promise p SET nudged_at = clock_timestamp()
  WHERE p.id IN (
    SELECT real.id FROM (
      SELECT q.id FROM promises_promise q
      WHERE q.done_at IS NULL AND q.next_try_at <= at - lately
        AND (q.leased_until IS NULL OR q.leased_until < clock_timestamp())
        AND (q.nudged_at IS NULL OR q.nudged_at <= clock_timestamp() - lately)
      ORDER BY q.next_try_at LIMIT n FOR UPDATE SKIP LOCKED) real
    UNION
    SELECT ahead.id FROM (
      SELECT q.id FROM companies_sandboxclock c JOIN promises_promise q ON q.company_id = c.company_id
      WHERE q.done_at IS NULL AND q.next_try_at <= at + c.ahead - lately
        AND (q.leased_until IS NULL OR q.leased_until < clock_timestamp())
        AND (q.nudged_at IS NULL OR q.nudged_at <= clock_timestamp() - lately)
      ORDER BY q.next_try_at LIMIT n FOR UPDATE OF q SKIP LOCKED) ahead)
  RETURNING p.company_id, p.id, p.queue, p.priority $$;

CREATE OR REPLACE FUNCTION promises_figures()
RETURNS TABLE (kind text, open bigint, failing bigint, for_a_person bigint, oldest_due_seconds double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT p.kind::text, count(*), count(*) FILTER (WHERE p.last_error <> ''),
         count(*) FILTER (WHERE p.next_try_at IS NULL OR p.alarm <> ''),
         coalesce(extract(epoch FROM max(clock_timestamp() + coalesce(c.ahead, interval '0') - p.next_try_at)), 0)
           ::double precision
  FROM promises_promise p LEFT JOIN companies_sandboxclock c ON c.company_id = p.company_id
  WHERE p.done_at IS NULL GROUP BY p.kind $$;
"""


class Migration(migrations.Migration):
    dependencies = [("promises", "0005_one_stamp_queue"), ("companies", "0018_sandbox_clock_guard")]

    operations = [migrations.RunSQL(DUE, migrations.RunSQL.noop)]
