from django.db import migrations

from amate.tenancy.policy import guard, never_changed, same_company

# FISCAL DB-8: what was stamped is a fact. Only what became of it afterwards may still be written.
STAMPED_FACTS = """
CREATE FUNCTION invoices_stamped_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a stamped invoice is never deleted' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF to_jsonb(OLD) - '{state,cancelled_how,cancelled_at,replaced_by_id}'::text[]
     IS DISTINCT FROM to_jsonb(NEW) - '{state,cancelled_how,cancelled_at,replaced_by_id}'::text[] THEN
    RAISE EXCEPTION 'the facts of a stamped invoice never change' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invoices_stamped_facts BEFORE UPDATE OR DELETE ON invoices_invoice
  FOR EACH ROW WHEN (current_user = 'amate_app' AND OLD.uuid IS NOT NULL) EXECUTE FUNCTION invoices_stamped_facts();
"""
# FISCAL DB-11: motivo 01 is sent when its substitute is stamped and names the old one with 04.
SUBSTITUTE_FIRST = """
CREATE FUNCTION invoices_substitute_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM invoices_invoice s
    JOIN invoices_relation r ON r.company_id = s.company_id AND r.invoice_id = s.id
    WHERE s.company_id = NEW.company_id AND s.id = NEW.substitute_id
      AND s.state IN ('stamped', 'cancel_requested', 'in_process')
      AND r.tipo_relacion = '04' AND r.related_id = NEW.invoice_id
  ) THEN
    RAISE EXCEPTION 'motivo 01 needs a stamped substitute that names the old one with 04'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invoices_substitute_first BEFORE INSERT OR UPDATE ON invoices_cancellation
  FOR EACH ROW WHEN (NEW.motivo = '01' AND NEW.state = 'sending') EXECUTE FUNCTION invoices_substitute_first();
"""
# FISCAL DB-11: what a REP paid is owed again only when the REP is no more.
REOPENED_LAST = """
CREATE FUNCTION invoices_reopened_last() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM invoices_invoice p
    WHERE p.company_id = NEW.company_id AND p.id = NEW.rep_id AND p.state IN ('cancelled', 'refused')
  ) THEN
    RAISE EXCEPTION 'an instalment is reopened only when its REP is cancelled or refused'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invoices_reopened_last BEFORE INSERT OR UPDATE ON invoices_instalment
  FOR EACH ROW WHEN (NEW.reopened_at IS NOT NULL) EXECUTE FUNCTION invoices_reopened_last();
"""

NEW_TABLES = (
    "invoices_relation",
    "invoices_instalment",
    "invoices_cancellation",
    "invoices_cancellationpaper",
    "invoices_receivedrequest",
)
COMPOSITE = (
    ("invoices_invoice", "replaces_id", "invoices_invoice"),
    ("invoices_invoice", "replaced_by_id", "invoices_invoice"),
    ("invoices_relation", "invoice_id", "invoices_invoice"),
    ("invoices_relation", "related_id", "invoices_invoice"),
    ("invoices_instalment", "rep_id", "invoices_invoice"),
    ("invoices_instalment", "invoice_id", "invoices_invoice"),
    ("invoices_cancellation", "invoice_id", "invoices_invoice"),
    ("invoices_cancellation", "substitute_id", "invoices_invoice"),
    ("invoices_cancellation", "because_of_id", "invoices_cancellation"),
    ("invoices_cancellationpaper", "cancellation_id", "invoices_cancellation"),
    ("invoices_cancellationpaper", "received_id", "invoices_receivedrequest"),
)
PROGRESS = ("state", "sent_at", "received_at", "looks", "settled_at", "code", "answer")
DECISION = ("state", "accepts", "decided_by", "decided_at", "settled_at", "code", "answer")


def trigger(sql: str, name: str, table: str) -> migrations.RunSQL:
    return migrations.RunSQL(sql, f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();")


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0010_life_of_a_document"),
    ]

    operations = [
        *(guard(table) for table in NEW_TABLES),
        *(same_company(table, column, target) for table, column, target in COMPOSITE),
        never_changed("invoices_relation"),
        never_changed("invoices_instalment", but=("reopened_at",)),
        never_changed("invoices_cancellation", but=PROGRESS),
        never_changed("invoices_cancellationpaper"),
        never_changed("invoices_receivedrequest", but=DECISION),
        trigger(STAMPED_FACTS, "invoices_stamped_facts", "invoices_invoice"),
        trigger(SUBSTITUTE_FIRST, "invoices_substitute_first", "invoices_cancellation"),
        trigger(REOPENED_LAST, "invoices_reopened_last", "invoices_instalment"),
    ]
