from django.db import migrations, models

from amate.tenancy.policy import guard

# The chain's own rows, against whoever speaks with the application's voice: a link is made once, the head only goes on.
ONCE = """
CREATE FUNCTION audit_linked_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a chained entry of the audit is never changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_linked_once BEFORE UPDATE ON audit_entry
  FOR EACH ROW WHEN (current_user = 'amate_app' AND OLD.seq IS NOT NULL) EXECUTE FUNCTION audit_linked_once();

CREATE FUNCTION audit_head_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.seq <= OLD.seq OR NEW.company_id <> OLD.company_id THEN
    RAISE EXCEPTION 'the head of the audit only goes on' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_head_goes_on BEFORE UPDATE OR DELETE ON audit_chainhead
  FOR EACH ROW WHEN (current_user = 'amate_app') EXECUTE FUNCTION audit_head_goes_on();

CREATE FUNCTION audit_unchained_companies() RETURNS TABLE (company_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT DISTINCT e.company_id FROM audit_entry e WHERE e.seq IS NULL $$;
REVOKE ALL ON FUNCTION audit_unchained_companies FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_unchained_companies TO amate_app;
"""
NO_MORE = """
DROP FUNCTION audit_unchained_companies;
DROP TRIGGER audit_head_goes_on ON audit_chainhead; DROP FUNCTION audit_head_goes_on();
DROP TRIGGER audit_linked_once ON audit_entry; DROP FUNCTION audit_linked_once();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_chain")]

    operations = [
        migrations.AddIndex(
            model_name="entry", index=models.Index(fields=["company", "actor", "-id"], name="audit_actor")
        ),
        migrations.AddIndex(
            model_name="entry", index=models.Index(fields=["company", "family", "-id"], name="audit_family")
        ),
        guard("audit_chainhead", referred=False),
        migrations.RunSQL(ONCE, NO_MORE),
    ]
