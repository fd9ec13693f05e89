from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_entry_rule"),
    ]

    operations = [
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("fingerprint", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_signing_key")],
            },
        ),
    ]
