import django.db.models.deletion
from django.db import migrations, models

import amate.tenancy.scope


class Migration(migrations.Migration):
    dependencies = [("companies", "0012_stamps_an_hour")]

    operations = [
        migrations.CreateModel(
            name="PacTrial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                ("went_well", models.BooleanField(default=False)),
                ("sentence", models.CharField(blank=True, default="", max_length=300)),
                ("company", models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company")),
            ],
        ),
        migrations.AddConstraint(
            model_name="pactrial",
            constraint=models.UniqueConstraint(fields=("company",), name="one_pac_trial_a_company"),
        ),
    ]
