import amate.tenancy.scope
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0006_set_up_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnHost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("host", models.CharField(max_length=253)),
                ("asked_at", models.DateTimeField()),
                ("proved_at", models.DateTimeField(null=True)),
                (
                    "verdict",
                    models.CharField(
                        blank=True, default="", help_text="Why it is not proved, for people", max_length=300
                    ),
                ),
                ("company", models.ForeignKey(
                default=amate.tenancy.scope.open_company,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.company",
            )),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="logo",
            name="one_logo_a_company",
        ),
        migrations.AddField(
            model_name="branch",
            name="logo",
            field=models.CharField(
                blank=True, default="", help_text="As Emisor's; empty: the company's", max_length=16
            ),
        ),
        migrations.AddField(
            model_name="company",
            name="host",
            field=models.CharField(
                help_text="its own name for the portal, proved; null: it has none",
                max_length=253,
                null=True,
                unique=True,
            ),
        ),
        migrations.AddField(
            model_name="emisor",
            name="foot_note",
            field=models.CharField(
                blank=True, default="", help_text="At the foot of notes and invoices", max_length=200
            ),
        ),
        migrations.AddField(
            model_name="emisor",
            name="welcome",
            field=models.CharField(blank=True, default="", help_text="On the first page of the portal", max_length=300),
        ),
        migrations.AddField(
            model_name="logo",
            name="branch",
            field=models.ForeignKey(
                help_text="Null: the company's",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.branch",
            ),
        ),
        migrations.AddField(
            model_name="portalpolicy",
            name="generics",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="What invoices say instead of the detail, a family each: fiscal.generic",
            ),
        ),
        migrations.AddField(
            model_name="portalpolicy",
            name="paid_only",
            field=models.BooleanField(default=False, help_text="Sales on credit do not qualify"),
        ),
        migrations.AddField(
            model_name="portalpolicy",
            name="withholds_isr",
            field=models.BooleanField(
                default=True,
                help_text="If the company is a RESICO física: to a persona moral with ISR withheld (TAX-4)",
            ),
        ),
        migrations.AddConstraint(
            model_name="logo",
            constraint=models.UniqueConstraint(
                fields=("company", "branch"), name="one_logo_a_place", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="ownhost",
            constraint=models.UniqueConstraint(fields=("company",), name="one_own_host_a_company"),
        ),
    ]
