from django.db import migrations

from amate.tenancy.policy import guard, same_company


class Migration(migrations.Migration):
    dependencies = [("invoices", "0008_download_links")]

    operations = [
        guard("invoices_downloadlink", referred=False),
        same_company("invoices_downloadlink", "invoice_id", "invoices_invoice"),
    ]
