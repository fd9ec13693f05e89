from django.db import migrations

from amate.tenancy.policy import guard, never_changed, same_company

TABLES = ('provideraccount', 'inboxevent', 'paymenthint', 'paymentreference', 'bankaccount', 'bankfile', 'bankline', 'learnedorigin', 'reportedpayment')
REFERENCES = (('inboxevent', 'account_id', 'reconciliation_provideraccount'), ('paymenthint', 'customer_id', 'customers_customer'), ('paymentreference', 'customer_id', 'customers_customer'), ('paymentreference', 'receivable_id', 'ledger_receivable'), ('paymentreference', 'account_id', 'reconciliation_provideraccount'), ('bankfile', 'account_id', 'reconciliation_bankaccount'), ('bankline', 'account_id', 'reconciliation_bankaccount'), ('bankline', 'file_id', 'reconciliation_bankfile'), ('bankline', 'payment_id', 'ledger_payment'), ('learnedorigin', 'customer_id', 'customers_customer'), ('reportedpayment', 'customer_id', 'customers_customer'), ('reportedpayment', 'payment_id', 'ledger_payment'))


class Migration(migrations.Migration):
    dependencies = [('reconciliation', '0001_initial'), ('ledger', '0003_laws')]

    operations = [
        *(guard(f"reconciliation_{table}") for table in TABLES),
        *(same_company(f"reconciliation_{table}", column, target) for table, column, target in REFERENCES),
        never_changed("reconciliation_inboxevent", but=("state", "why", "settled_at")),
        never_changed("reconciliation_bankfile"),
    ]
