from django.db import migrations, models

from amate.tenancy.policy import never_changed

# Until now there was one account and one PAC: what was sent and not answered is there, or nowhere.
HELD = """
UPDATE invoices_sealing SET pac = 'sw_sapien'
WHERE superseded_at IS NULL AND invoice_id IN (SELECT id FROM invoices_invoice WHERE state IN ('sending', 'unknown'))
"""
AS_BEFORE = never_changed("invoices_sealing", but=("superseded_at",))
AND_ITS_PAC = never_changed("invoices_sealing", but=("superseded_at", "pac", "asked_at"))


class Migration(migrations.Migration):
    dependencies = [("invoices", "0005_edition_of_the_catalogs")]

    operations = [
        migrations.AddField(
            "sealing",
            "pac",
            models.CharField(
                blank=True,
                default="",
                help_text="the PAC that may have stamped these bytes, from before it is asked until it surely did not; * is any",
                max_length=20,
            ),
        ),
        migrations.AddField(
            "sealing", "asked_at", models.DateTimeField(help_text="when `pac` was last asked about them", null=True)
        ),
        migrations.RunSQL(AS_BEFORE.reverse_sql, AS_BEFORE.sql),
        migrations.RunSQL(HELD, migrations.RunSQL.noop),
        migrations.RunSQL(AND_ITS_PAC.sql, AND_ITS_PAC.reverse_sql),
    ]
