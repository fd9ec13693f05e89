from django.db import migrations

from amate.tenancy.policy import guard, never_changed, same_company


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0001_initial"),
        ("companies", "0002_guards"),
        ("customers", "0002_guards"),
    ]

    operations = [
        guard("invoices_invoice"),
        guard("invoices_sealing"),
        guard("invoices_stamp"),
        guard("invoices_invoicemove", referred=False),
        same_company("invoices_invoice", "branch_id", "companies_branch"),
        same_company("invoices_invoice", "profile_id", "customers_fiscalprofile"),
        same_company("invoices_sealing", "invoice_id", "invoices_invoice"),
        same_company("invoices_stamp", "invoice_id", "invoices_invoice"),
        same_company("invoices_stamp", "sealing_id", "invoices_sealing"),
        never_changed("invoices_sealing", but=("superseded_at",)),
        never_changed("invoices_stamp"),
        never_changed("invoices_invoicemove"),
    ]
