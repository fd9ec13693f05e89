from django.db import migrations

from amate.tenancy.policy import guard, same_company


class Migration(migrations.Migration):
    dependencies = [
        ("self_invoicing", "0001_initial"),
        ("invoices", "0002_guards"),
    ]

    operations = [
        guard("self_invoicing_ticket"),
        guard("self_invoicing_claim"),
        guard("self_invoicing_visit"),
        same_company("self_invoicing_ticket", "branch_id", "companies_branch"),
        same_company("self_invoicing_claim", "ticket_id", "self_invoicing_ticket"),
        same_company("self_invoicing_claim", "invoice_id", "invoices_invoice"),
        same_company("self_invoicing_visit", "ticket_id", "self_invoicing_ticket"),
        same_company("self_invoicing_visit", "invoice_id", "invoices_invoice"),
    ]
