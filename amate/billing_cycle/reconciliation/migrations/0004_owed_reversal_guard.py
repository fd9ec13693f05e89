from django.db import migrations

from amate.tenancy.policy import guard, same_company


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0003_owed_reversal")]

    operations = [
        guard("reconciliation_owedreversal"),
        same_company("reconciliation_owedreversal", "payment_id", "ledger_payment"),
    ]
