from django.db import migrations

from amate.tenancy.policy import guard

# Only a company that was founded as a sandbox has a clock of its own, and no real one ever becomes one.
OF_A_SANDBOX = """
ALTER TABLE companies_company ADD CONSTRAINT companies_company_id_sandbox_key UNIQUE (id, sandbox);
ALTER TABLE companies_sandboxclock ADD CONSTRAINT sandbox_clock_of_a_sandbox
  FOREIGN KEY (company_id, sandbox) REFERENCES companies_company (id, sandbox);
CREATE FUNCTION companies_company_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a company is a sandbox from its founding, or never' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER companies_company_stays BEFORE UPDATE ON companies_company
  FOR EACH ROW WHEN (OLD.sandbox IS DISTINCT FROM NEW.sandbox) EXECUTE FUNCTION companies_company_stays();
"""
UNDONE = """
DROP TRIGGER companies_company_stays ON companies_company; DROP FUNCTION companies_company_stays;
ALTER TABLE companies_sandboxclock DROP CONSTRAINT sandbox_clock_of_a_sandbox;
ALTER TABLE companies_company DROP CONSTRAINT companies_company_id_sandbox_key;
"""


class Migration(migrations.Migration):
    dependencies = [("companies", "0017_sandbox_clock")]

    operations = [guard("companies_sandboxclock", referred=False), migrations.RunSQL(OF_A_SANDBOX, UNDONE)]
