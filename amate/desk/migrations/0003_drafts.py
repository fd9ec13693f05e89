import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import amate.tenancy.scope


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0002_guards"),
        ("companies", "0006_set_up_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(help_text="which form of which thing: sale, customer:12", max_length=40)),
                ("typed", models.JSONField(help_text="[[field, value], …] as the browser sends them: a field may come more than once")),
                ("saved_at", models.DateTimeField()),
                ("company", models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company")),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(fields=("company", "owner", "form"), name="draft_of_a_form"),
        ),
        migrations.AddIndex(
            model_name="draft",
            index=models.Index(fields=["company", "saved_at"], name="draft_age"),
        ),
    ]
