"""What happens is noted where it is written, so that no act can forget it; and only for whom somebody is told."""

from django.db import migrations

from amate.tenancy.policy import guard

NOTE = """
CREATE FUNCTION hooks_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM hooks_hook WHERE company_id = NEW.company_id AND stopped_at IS NULL) THEN
    INSERT INTO hooks_event (company_id, kind, about, noted_at)
    VALUES (NEW.company_id, TG_ARGV[0], NEW.id, clock_timestamp());
  END IF;
  RETURN NULL;
END $$;
"""

# name, table, when it fires, on which condition, kind
NOTED = (
    ("stamped", "invoices_invoice", "UPDATE OF uuid", "OLD.uuid IS NULL AND NEW.uuid IS NOT NULL", "invoice.stamped"),
    (
        "cancelled",
        "invoices_invoice",
        "UPDATE OF state",
        "NEW.state = 'cancelled' AND OLD.state <> 'cancelled' AND NEW.uuid IS NOT NULL",
        "invoice.cancelled",
    ),
    ("refunded", "self_invoicing_refund", "INSERT", "", "refund.registered"),
    ("added", "customers_customer", "INSERT", "", "customer.changed"),
    (
        "changed",
        "customers_customer",
        "UPDATE OF nombre, rfc, correo, external_id, merged_into_id",
        "(OLD.nombre, OLD.rfc, OLD.correo, OLD.external_id, OLD.merged_into_id) IS DISTINCT FROM "
        "(NEW.nombre, NEW.rfc, NEW.correo, NEW.external_id, NEW.merged_into_id)",
        "customer.changed",
    ),
    ("begun", "subscriptions_subscription", "INSERT", "NEW.state = 'active'", "subscription.changed"),
    ("moved", "subscriptions_subscription", "UPDATE OF state", "OLD.state <> NEW.state", "subscription.changed"),
    ("received", "ledger_payment", "INSERT", "NEW.kind = 'money'", "payment.received"),
    (
        "reversed",
        "ledger_payment",
        "UPDATE OF reversed_on",
        "OLD.reversed_on IS NULL AND NEW.reversed_on IS NOT NULL AND NEW.kind = 'money'",
        "payment.reversed",
    ),
    ("switched", "service_service", "UPDATE OF desired", "OLD.desired <> NEW.desired", "service.changed"),
)


def trigger(name: str, table: str, event: str, when: str, kind: str) -> migrations.RunSQL:
    condition = f"WHEN ({when}) " if when else ""
    return migrations.RunSQL(
        f"CREATE TRIGGER hooks_{name} AFTER {event} ON {table} FOR EACH ROW {condition}"
        f"EXECUTE FUNCTION hooks_note('{kind}');",
        f"DROP TRIGGER hooks_{name} ON {table};",
    )


COMPANIES = """
CREATE FUNCTION hooks_companies() RETURNS TABLE (company_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT DISTINCT h.company_id FROM hooks_hook h WHERE h.stopped_at IS NULL
$$;
REVOKE ALL ON FUNCTION hooks_companies FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hooks_companies TO amate_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("hooks", "0001_initial"),
        ("customers", "0006_external_id"),
        ("invoices", "0024_paid_parts_of_the_company"),
        ("ledger", "0004_when_it_was_booked"),
        ("self_invoicing", "0023_refunds"),
        ("service", "0007_drivers"),
        ("subscriptions", "0002_guards"),
    ]

    operations = [
        *(guard(f"hooks_{table}", referred=False) for table in ("hook", "event", "eventhead")),
        migrations.RunSQL(NOTE, "DROP FUNCTION hooks_note();"),
        *(trigger(*one) for one in NOTED),
        migrations.RunSQL(COMPANIES, "DROP FUNCTION hooks_companies();"),
    ]
