from django.db import migrations

from amate.tenancy.policy import guard, never_changed, same_company

TABLES = ('notice', 'promisetopay', 'exemption', 'collectornote')
REFERENCES = (('notice', 'customer_id', 'customers_customer'), ('notice', 'receivable_id', 'ledger_receivable'), ('promisetopay', 'customer_id', 'customers_customer'), ('exemption', 'customer_id', 'customers_customer'), ('collectornote', 'customer_id', 'customers_customer'))


class Migration(migrations.Migration):
    dependencies = [('collection', '0001_initial'), ('ledger', '0003_laws')]

    operations = [
        *(guard(f"collection_{table}") for table in TABLES),
        *(same_company(f"collection_{table}", column, target) for table, column, target in REFERENCES),
        never_changed("collection_promisetopay", but=("state", "settled_on")),
        never_changed("collection_exemption", but=("ended_at", "ended_by")),
        never_changed("collection_collectornote", but=("done_at",)),
    ]
