from django.db import migrations

from amate.tenancy.policy import guard, never_changed, same_company


class Migration(migrations.Migration):
    dependencies = [("collection", "0006_opt_outs")]

    operations = [
        guard("collection_optout"),
        same_company("collection_optout", "customer_id", "customers_customer"),
        never_changed("collection_optout", but=("ended_at", "ended_by", "customer_id")),
    ]
