from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0002_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="generics",
            field=models.JSONField(default=list, help_text="what its concepts say instead of `lines`: fiscal.generic"),
        ),
        migrations.AddField(
            model_name="invoice",
            name="withheld",
            field=models.DecimalField(
                decimal_places=2,
                default=0,
                help_text="total + withheld is the sale's. Above 0 it needs a CFDI of its own: never in a global (GLO-1, GLO-4)",
                max_digits=18,
            ),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="total",
            field=models.DecimalField(
                decimal_places=2, help_text="of the document: what was withheld is off", max_digits=18
            ),
        ),
    ]
