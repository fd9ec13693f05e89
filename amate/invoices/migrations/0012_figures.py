from django.db import migrations

# What the metrics need across companies: numbers only. The functions run as amate_owner, so that the web needs no owner
# password.
FIGURES = """
CREATE TABLE pac_answers (
  pac text NOT NULL, answer text NOT NULL, total bigint NOT NULL, PRIMARY KEY (pac, answer)
) WITH (fillfactor = 70);

CREATE FUNCTION invoices_figures() RETURNS TABLE (state text, waiting bigint, oldest_seconds double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT i.state::text, count(*), extract(epoch FROM clock_timestamp() - min(i.sealed_at))::double precision
  FROM companies_company c JOIN invoices_invoice i ON i.company_id = c.id
  WHERE i.state IN ('sealed', 'sending', 'unknown') GROUP BY i.state $$;

CREATE FUNCTION invoices_days_of_seals() RETURNS TABLE (slug text, days double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.slug::text, (extract(epoch FROM max(k.valid_to) - clock_timestamp()) / 86400)::double precision
  FROM companies_company c JOIN companies_csd k ON k.company_id = c.id
  WHERE k.retired_at IS NULL GROUP BY c.slug $$;

REVOKE ALL ON FUNCTION invoices_figures, invoices_days_of_seals FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invoices_figures, invoices_days_of_seals TO amate_app;
"""
NO_MORE = """
DROP FUNCTION invoices_days_of_seals;
DROP FUNCTION invoices_figures;
DROP TABLE pac_answers;
"""


class Migration(migrations.Migration):
    dependencies = [("invoices", "0011_guards_of_life"), ("companies", "0006_set_up_guards")]

    operations = [migrations.RunSQL(FIGURES, NO_MORE)]
