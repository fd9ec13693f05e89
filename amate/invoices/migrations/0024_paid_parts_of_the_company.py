from django.db import migrations

from amate.tenancy.policy import same_company


class Migration(migrations.Migration):
    dependencies = [("invoices", "0023_paid_parts")]

    operations = [
        same_company("invoices_invoice", "allocation_id", "ledger_allocation"),
        same_company("invoices_instalment", "allocation_id", "ledger_allocation"),
    ]
