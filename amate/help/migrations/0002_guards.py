from django.db import migrations

from amate.tenancy.policy import guard, same_company


class Migration(migrations.Migration):
    dependencies = [("help", "0001_initial"), ("self_invoicing", "0002_guards"), ("companies", "0002_guards")]

    operations = [
        guard("help_case"),
        same_company("help_case", "visit_id", "self_invoicing_visit"),
        same_company("help_case", "ticket_id", "self_invoicing_ticket"),
    ]
