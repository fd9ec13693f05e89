from django.db import migrations

from amate.tenancy.policy import guard, never_changed, same_company

# A file's state moves now, and to compare a row that carries its bytes would read them all.
written_once = never_changed("reconciliation_bankfile")


class Migration(migrations.Migration):
    dependencies = [('reconciliation', '0005_bank_files')]

    operations = [
        migrations.RunSQL(written_once.reverse_sql, written_once.sql),
        guard("reconciliation_bankshare"),
        same_company("reconciliation_bankshare", "line_id", "reconciliation_bankline"),
        same_company("reconciliation_bankshare", "payment_id", "ledger_payment"),
    ]
