from django.db import migrations

OF = """
CREATE OR REPLACE FUNCTION alerts_companies() RETURNS TABLE (company_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT p.company_id FROM promises_promise p
  WHERE p.done_at IS NULL AND (p.alarm <> '' OR p.next_try_at IS NULL)
  UNION SELECT a.company_id FROM alerts_alert a WHERE a.mended_at IS NULL AND {apart} $$;
"""
# Alerts that are watched hourly or nightly: the look of each 15 seconds has nothing to do with them.
NOW = "a.cause NOT LIKE ALL (ARRAY['seal_ends:%', 'due:%', 'sat_differs', 'pac:%', 'few_stamps:%'])"
BEFORE = "a.cause NOT LIKE 'seal_ends:%'"


class Migration(migrations.Migration):
    dependencies = [("alerts", "0002_guards")]

    operations = [migrations.RunSQL(OF.format(apart=NOW), OF.format(apart=BEFORE))]
