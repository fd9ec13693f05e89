import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_invitation"),
        ("companies", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="EntryRule",
            fields=[
                (
                    "company",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="entry_rule",
                        serialize=False,
                        to="companies.company",
                    ),
                ),
                ("roles", models.JSONField(default=list)),
            ],
        ),
    ]
