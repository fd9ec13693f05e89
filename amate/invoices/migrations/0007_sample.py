from django.db import migrations, models
from django.db.migrations.operations import RunSQL

# Of what was stamped before: the Leyenda of the TFD is what says it (`papers.cfdi.is_sample`).
OF_OLD_STAMPS = """
UPDATE invoices_invoice SET sample = true FROM invoices_stamp AS s
WHERE s.invoice_id = invoices_invoice.id
  AND convert_from(s.xml, 'UTF8') ~ '<[A-Za-z0-9]+:TimbreFiscalDigital [^>]*Leyenda="[^"]*SIN VALIDEZ FISCAL';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0006_sealing_pac"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="sample",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="stamped by a simulator: its TFD says that it has no validity",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("sample", True)), fields=["company", "-id"], name="invoice_sample"
            ),
        ),
        RunSQL(OF_OLD_STAMPS, RunSQL.noop),
    ]
