from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("companies", "0011_usual_iva")]

    operations = [
        migrations.AddField(
            model_name="portalpolicy",
            name="stamps_an_hour",
            field=models.PositiveSmallIntegerField(
                default=20, help_text="Invoices that the portal issues to one RFC in an hour, at most (GRD-4)"
            ),
        ),
    ]
