import amate.tenancy.scope
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_guards"), ("companies", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField(default=0)),
                ("digest", models.BinaryField(max_length=32)),
                ("moved_at", models.DateTimeField()),
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
            options={
                "constraints": [models.UniqueConstraint(fields=("company",), name="one_chain_a_company")],
            },
        ),
        migrations.AddField(
            model_name="entry",
            name="family",
            field=models.CharField(
                default="",
                help_text="what stands before the first dot of the act, to be filtered by",
                max_length=60,
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(
            "UPDATE audit_entry SET family = split_part(act, '.', 1)", migrations.RunSQL.noop
        ),
    ]
