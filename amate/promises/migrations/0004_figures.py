from django.db import migrations

# What the metrics need across companies: numbers only. Runs as amate_owner, so that the web needs no owner password.
FIGURES = """
CREATE FUNCTION promises_figures()
RETURNS TABLE (kind text, open bigint, failing bigint, for_a_person bigint, oldest_due_seconds double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT p.kind::text, count(*), count(*) FILTER (WHERE p.last_error <> ''),
         count(*) FILTER (WHERE p.next_try_at IS NULL OR p.alarm <> ''),
         coalesce(extract(epoch FROM max(clock_timestamp() - p.next_try_at)), 0)::double precision
  FROM promises_promise p WHERE p.done_at IS NULL GROUP BY p.kind $$;

REVOKE ALL ON FUNCTION promises_figures FROM PUBLIC;
GRANT EXECUTE ON FUNCTION promises_figures TO amate_app;
"""


class Migration(migrations.Migration):
    dependencies = [("promises", "0003_alarm")]

    operations = [migrations.RunSQL(FIGURES, "DROP FUNCTION promises_figures;")]
