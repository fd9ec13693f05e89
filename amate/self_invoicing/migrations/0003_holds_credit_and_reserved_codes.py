import amate.tenancy.scope
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0001_initial"),
        ("self_invoicing", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReservedCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=12)),
                ("source", models.CharField(help_text="the only till that may print it", max_length=40)),
                ("batch", models.UUIDField()),
                ("reserved_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        default=amate.tenancy.scope.open_company,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="reservedcode",
            index=models.Index(fields=["company", "batch"], name="reserved_batch"),
        ),
        migrations.AddConstraint(
            model_name="reservedcode",
            constraint=models.UniqueConstraint(fields=("company", "code"), name="reserved_code"),
        ),
        migrations.AddField(
            model_name="ticket",
            name="metodo_pago",
            field=models.CharField(default="PUE", help_text="PPD: sold on credit, and not paid yet", max_length=3),
        ),
        migrations.AddField(
            model_name="ticket",
            name="state_reason",
            field=models.CharField(blank=True, default="", help_text="why it is locked or void", max_length=200),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=Q(metodo_pago="PUE") & ~Q(forma_pago="99") | Q(metodo_pago="PPD", forma_pago="99"),
                name="ticket_pue_ppd",
            ),
        ),
    ]
