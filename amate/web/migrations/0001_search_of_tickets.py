"""The search box finds a note by its folio and by its total: without these it would read every note of the company."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    dependencies = [("self_invoicing", "0004_reserved_codes_guard")]

    operations = [
        migrations.RunSQL(
            """
            CREATE INDEX ticket_folio ON self_invoicing_ticket (company_id, folio);
            CREATE INDEX ticket_total ON self_invoicing_ticket (company_id, total_cents, id DESC);
            """,
            "DROP INDEX ticket_folio; DROP INDEX ticket_total;",
        )
    ]
