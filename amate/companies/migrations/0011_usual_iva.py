from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("companies", "0010_names_of_sources")]

    operations = [
        migrations.AddField(
            model_name="emisor",
            name="usual_iva",
            field=models.CharField(
                default="0.16",
                help_text="Of a line typed anew: a rate, exento, or 01 for what is no object of tax",
                max_length=6,
            ),
        ),
    ]
