from django.db import migrations

from amate.tenancy.policy import guard, never_changed, same_company

TABLES = ("statement", "statementrun", "accountlink")


class Migration(migrations.Migration):
    dependencies = [("statements", "0001_initial"), ("customers", "0002_guards")]

    operations = [
        *(guard(f"statements_{table}") for table in TABLES),
        same_company("statements_statement", "customer_id", "customers_customer"),
        same_company("statements_statement", "previous_id", "statements_statement"),
        same_company("statements_accountlink", "customer_id", "customers_customer"),
        # customer_id: rows go to who remains when two customers become one.
        never_changed("statements_statement", but=("customer_id",)),
        never_changed("statements_statementrun"),
        never_changed("statements_accountlink", but=("customer_id", "used_at", "revoked_at")),
    ]
