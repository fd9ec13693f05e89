from django.db import migrations

from amate.tenancy.policy import guard, never_changed, same_company


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0008_paid_notes")]

    operations = [
        guard("reconciliation_paidnote"),
        same_company("reconciliation_paidnote", "receivable_id", "ledger_receivable"),
        same_company("reconciliation_paidnote", "allocation_id", "ledger_allocation"),
        never_changed("reconciliation_paidnote"),
    ]
