from django.db import migrations

from amate.tenancy.policy import guard, same_company


class Migration(migrations.Migration):
    dependencies = [("self_invoicing", "0015_awaited_sales")]

    operations = [
        guard("self_invoicing_awaitedsale", referred=False),
        same_company("self_invoicing_awaitedsale", "invoice_id", "invoices_invoice"),
    ]
