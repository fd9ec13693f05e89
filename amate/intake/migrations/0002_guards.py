from django.db import migrations

from amate.tenancy.policy import guard, same_company


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_initial"),
        ("companies", "0006_set_up_guards"),
        ("self_invoicing", "0004_reserved_codes_guard"),
    ]

    operations = [
        guard("intake_importsource"),
        guard("intake_batch"),
        guard("intake_piece"),
        guard("intake_imported"),
        same_company("intake_batch", "source_id", "intake_importsource"),
        same_company("intake_piece", "batch_id", "intake_batch"),
        same_company("intake_imported", "batch_id", "intake_batch"),
        same_company("intake_imported", "ticket_id", "self_invoicing_ticket"),
        same_company("intake_imported", "product_id", "companies_product"),
    ]
