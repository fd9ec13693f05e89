from django.db import migrations

from amate.tenancy.policy import same_company

# A part is a sale of its own, so what holds of one note must hold of several rows at the end of every transaction: while the
# note is divided its parts add up to it, and while it is whole it has none.
PARTS = """
CREATE FUNCTION self_invoicing_parts_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  whole self_invoicing_ticket;
  parts bigint;
  cents bigint;
BEGIN
  SELECT * INTO STRICT whole FROM self_invoicing_ticket
    WHERE company_id = NEW.company_id AND id = CASE TG_ARGV[0] WHEN 'part' THEN NEW.split_of_id ELSE NEW.id END;
  SELECT count(*), coalesce(sum(total_cents), 0) INTO parts, cents FROM self_invoicing_ticket
    WHERE company_id = whole.company_id AND split_of_id = whole.id AND rejoined_at IS NULL;
  IF (CASE whole.state WHEN 'split' THEN parts < 2 OR cents <> whole.total_cents ELSE parts > 0 END) THEN
    RAISE EXCEPTION 'the parts of a divided note add up to it, and a whole one has none (%)', whole.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER self_invoicing_a_part_adds_up AFTER INSERT OR UPDATE OF split_of_id, rejoined_at, total_cents
  ON self_invoicing_ticket DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.split_of_id IS NOT NULL) EXECUTE FUNCTION self_invoicing_parts_add_up('part');
CREATE CONSTRAINT TRIGGER self_invoicing_whole_has_its_parts AFTER UPDATE OF state
  ON self_invoicing_ticket DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.state = 'split' OR NEW.state = 'split') EXECUTE FUNCTION self_invoicing_parts_add_up('whole');
"""
# Both lock the note before, so that neither reads what the other has not committed yet; this is the last referee.
UNCLAIMED = """
CREATE FUNCTION self_invoicing_divided_is_unclaimed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'self_invoicing_claim' THEN
    IF NOT EXISTS (SELECT FROM self_invoicing_ticket
        WHERE company_id = NEW.company_id AND id = NEW.ticket_id AND state = 'split') THEN RETURN NEW; END IF;
  ELSIF NOT EXISTS (SELECT FROM self_invoicing_claim
      WHERE company_id = NEW.company_id AND ticket_id = NEW.id AND released_at IS NULL) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a divided note is nobody''s: its parts are claimed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER self_invoicing_divided_is_unclaimed BEFORE INSERT OR UPDATE OF released_at ON self_invoicing_claim
  FOR EACH ROW WHEN (NEW.released_at IS NULL) EXECUTE FUNCTION self_invoicing_divided_is_unclaimed();
CREATE TRIGGER self_invoicing_divided_is_unclaimed BEFORE UPDATE OF state ON self_invoicing_ticket
  FOR EACH ROW WHEN (NEW.state = 'split') EXECUTE FUNCTION self_invoicing_divided_is_unclaimed();
"""


class Migration(migrations.Migration):
    dependencies = [("self_invoicing", "0025_split_notes")]

    operations = [
        same_company("self_invoicing_ticket", "split_of_id", "self_invoicing_ticket"),
        migrations.RunSQL(
            PARTS,
            "DROP TRIGGER self_invoicing_a_part_adds_up ON self_invoicing_ticket;"
            "DROP TRIGGER self_invoicing_whole_has_its_parts ON self_invoicing_ticket;"
            "DROP FUNCTION self_invoicing_parts_add_up();",
        ),
        migrations.RunSQL(
            UNCLAIMED,
            "DROP TRIGGER self_invoicing_divided_is_unclaimed ON self_invoicing_claim;"
            "DROP TRIGGER self_invoicing_divided_is_unclaimed ON self_invoicing_ticket;"
            "DROP FUNCTION self_invoicing_divided_is_unclaimed();",
        ),
    ]
