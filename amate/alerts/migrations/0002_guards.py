from django.db import migrations

from amate.tenancy.policy import guard

# Ids of companies and nothing else, as amate_owner: the worker looks only where there is something to see (DECISIONS A3).
COMPANIES = """
CREATE FUNCTION alerts_companies() RETURNS TABLE (company_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT p.company_id FROM promises_promise p
  WHERE p.done_at IS NULL AND (p.alarm <> '' OR p.next_try_at IS NULL)
  UNION SELECT a.company_id FROM alerts_alert a WHERE a.mended_at IS NULL AND a.cause NOT LIKE 'seal_ends:%' $$;
REVOKE ALL ON FUNCTION alerts_companies FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts_companies TO amate_app;
"""


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_alert"), ("promises", "0003_alarm"), ("companies", "0002_guards")]

    operations = [guard("alerts_alert"), migrations.RunSQL(COMPANIES, "DROP FUNCTION alerts_companies;")]
