from django.db import migrations

from amate.tenancy.policy import guard, same_company


class Migration(migrations.Migration):
    dependencies = [("self_invoicing", "0012_correction")]

    operations = [
        guard("self_invoicing_correction"),
        same_company("self_invoicing_correction", "ticket_id", "self_invoicing_ticket"),
        same_company("self_invoicing_correction", "invoice_id", "invoices_invoice"),
        same_company("self_invoicing_correction", "substitute_id", "invoices_invoice"),
    ]
