from django.db import migrations

from amate.tenancy.policy import guard


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0001_initial"),
        ("companies", "0002_guards"),
    ]

    operations = [
        guard("outbox_message"),
    ]
