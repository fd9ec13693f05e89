from django.db import migrations

from amate.tenancy.policy import same_company


class Migration(migrations.Migration):
    dependencies = [("invoices", "0016_invoice_of_a_debt")]

    operations = [same_company("invoices_invoice", "receivable_id", "ledger_receivable")]
