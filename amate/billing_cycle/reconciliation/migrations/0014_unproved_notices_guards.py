from django.db import migrations

from amate.tenancy.policy import guard, same_company


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0013_unproved_notices")]

    operations = [
        guard("reconciliation_unprovednotice"),
        same_company("reconciliation_unprovednotice", "account_id", "reconciliation_provideraccount"),
    ]
