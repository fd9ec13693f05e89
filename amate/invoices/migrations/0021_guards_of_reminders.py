from django.db import migrations

from amate.tenancy.policy import guard, same_company

TABLES = {
    "invoices_awaitedpayment": "invoice_id",
    "invoices_movedpayment": "rep_id",
    "invoices_satdifference": "invoice_id",
}


class Migration(migrations.Migration):
    dependencies = [("invoices", "0020_sat_difference")]

    operations = [
        *(guard(table) for table in TABLES),
        *(same_company(table, column, "invoices_invoice") for table, column in TABLES.items()),
    ]
