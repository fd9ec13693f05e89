from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("companies", "0009_month_end_alone")]

    operations = [
        migrations.AddField(
            model_name="emisor",
            name="source_labels",
            field=models.JSONField(
                blank=True, default=dict, help_text="{Ticket.source: what customers call it}: name_sources"
            ),
        ),
    ]
