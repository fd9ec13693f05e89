import django.db.models.deletion
from django.db import migrations, models

import amate.tenancy.scope


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("companies", "0001_initial"),
        ("self_invoicing", "0004_reserved_codes_guard"),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Por responder"), ("answered", "Respondido"), ("closed", "Cerrado")],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        blank=True, default="", help_text="which page of the portal led here", max_length=20
                    ),
                ),
                ("text", models.CharField(max_length=1000)),
                ("correo", models.EmailField(blank=True, default="", max_length=254)),
                ("telefono", models.CharField(blank=True, default="", max_length=30)),
                ("asked_at", models.DateTimeField()),
                ("answer", models.CharField(blank=True, default="", help_text="the last one", max_length=2000)),
                ("answered_by", models.CharField(blank=True, default="", max_length=254)),
                ("answered_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, default="", max_length=254)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        default=amate.tenancy.scope.open_company,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="self_invoicing.ticket",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="self_invoicing.visit",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="case", index=models.Index(fields=["company", "-id"], name="case_newest")
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=models.Q(("state", "open")), fields=["company", "-id"], name="case_open"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("correo", ""), ("telefono", ""), _negated=True), name="case_may_be_answered"
            ),
        ),
    ]
