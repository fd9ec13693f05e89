from django.db import migrations

from amate.tenancy.policy import guard, never_changed, same_company

TABLES = ("receivable", "charge", "journalentry", "payment", "journalline", "allocation")
COMPOSITE = (
    ("receivable", "customer_id", "customers_customer"),
    ("receivable", "branch_id", "companies_branch"),
    ("receivable", "fee_of_id", "ledger_receivable"),
    ("charge", "customer_id", "customers_customer"),
    ("charge", "receivable_id", "ledger_receivable"),
    ("journalentry", "reverses_id", "ledger_journalentry"),
    ("payment", "customer_id", "customers_customer"),
    ("journalline", "entry_id", "ledger_journalentry"),
    ("journalline", "customer_id", "customers_customer"),
    ("journalline", "receivable_id", "ledger_receivable"),
    ("journalline", "payment_id", "ledger_payment"),
    ("allocation", "payment_id", "ledger_payment"),
    ("allocation", "receivable_id", "ledger_receivable"),
)
# customer_id: rows go to who remains when two customers become one.
CHANGES = {
    "receivable": ("customer_id", "state", "state_on", "settled_on", "reopened_on"),
    "charge": ("customer_id",),
    "journalentry": (),
    "journalline": ("customer_id",),
    "payment": ("customer_id", "used_up_on", "deposited_on", "reversed_on", "reversed_as"),
    "allocation": ("frozen_at", "reversed_on", "reversed_at"),
}


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
        ("companies", "0002_guards"),
        ("customers", "0002_guards"),
    ]

    operations = [
        *(guard(f"ledger_{table}") for table in TABLES),
        *(same_company(f"ledger_{table}", column, target) for table, column, target in COMPOSITE),
        *(never_changed(f"ledger_{table}", but=but) for table, but in CHANGES.items()),
    ]
