from django.db import migrations

from amate.tenancy.policy import guard, never_changed


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("companies", "0002_guards")]

    operations = [
        guard("audit_entry", referred=False),
        never_changed("audit_entry", but=("seq", "digest")),
    ]
