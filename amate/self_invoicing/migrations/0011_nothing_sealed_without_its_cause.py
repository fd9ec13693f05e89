from django.db import migrations

# FISCAL DB-12, LAW-1: a CFDI tells an operation that is written down. Looked at when it is sealed: a draft is no CFDI yet,
# and its cause is written in the transaction that drafts it. Here because this is the lowest room that knows both
# documents and notes. What a person typed in the office is itself that writing, and the audit says who.
CAUSE = """
CREATE FUNCTION invoices_sealed_with_cause() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  one invoices_invoice;
  caused boolean;
BEGIN
  SELECT * INTO STRICT one FROM invoices_invoice WHERE company_id = NEW.company_id AND id = NEW.invoice_id;
  caused := one.replaces_id IS NOT NULL OR CASE one.kind
    WHEN 'ingreso' THEN one.origin = 'office' OR one.receivable_id IS NOT NULL
      OR EXISTS (SELECT FROM self_invoicing_claim c WHERE c.company_id = one.company_id AND c.invoice_id = one.id)
    WHEN 'global' THEN
      EXISTS (SELECT FROM self_invoicing_claim c WHERE c.company_id = one.company_id AND c.global_invoice_id = one.id)
    WHEN 'egreso' THEN
      EXISTS (SELECT FROM invoices_relation r WHERE r.company_id = one.company_id AND r.invoice_id = one.id)
    WHEN 'pago' THEN
      EXISTS (SELECT FROM invoices_instalment i WHERE i.company_id = one.company_id AND i.rep_id = one.id)
    ELSE false END;
  IF NOT caused THEN
    RAISE EXCEPTION 'no CFDI without the sale, the debt, the document or the payment that it tells (%)', one.kind
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invoices_sealed_with_cause BEFORE INSERT ON invoices_sealing
  FOR EACH ROW WHEN (current_user = 'amate_app') EXECUTE FUNCTION invoices_sealed_with_cause();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0024_paid_parts_of_the_company"),
        ("self_invoicing", "0010_globals_hold_their_notes"),
    ]

    operations = [
        migrations.RunSQL(
            CAUSE,
            "DROP TRIGGER invoices_sealed_with_cause ON invoices_sealing; DROP FUNCTION invoices_sealed_with_cause();",
        ),
    ]
