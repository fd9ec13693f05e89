from django.db import migrations

from amate.tenancy.policy import guard

# What the metrics need across companies: numbers only.
BROKEN = """
CREATE FUNCTION audit_broken_invariants() RETURNS TABLE (invariant text, broken bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT i.invariant::text, sum(cardinality(i.ids))::bigint FROM audit_inspection i GROUP BY i.invariant $$;
REVOKE ALL ON FUNCTION audit_broken_invariants FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_broken_invariants TO amate_app;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_inspection")]

    operations = [
        guard("audit_inspection", referred=False),
        migrations.RunSQL(BROKEN, "DROP FUNCTION audit_broken_invariants;"),
    ]
