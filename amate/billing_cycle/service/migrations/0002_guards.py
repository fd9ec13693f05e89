from django.db import migrations

from amate.tenancy.policy import guard, never_changed, same_company

TABLES = ('switchaccount', 'service', 'hold', 'cutdecision', 'order')
REFERENCES = (('service', 'customer_id', 'customers_customer'), ('service', 'subscription_id', 'subscriptions_subscription'), ('service', 'switch_id', 'service_switchaccount'), ('hold', 'service_id', 'service_service'), ('hold', 'decision_id', 'service_cutdecision'), ('cutdecision', 'customer_id', 'customers_customer'), ('order', 'service_id', 'service_service'))


class Migration(migrations.Migration):
    dependencies = [('service', '0001_initial'), ('subscriptions', '0002_guards')]

    operations = [
        *(guard(f"service_{table}") for table in TABLES),
        *(same_company(f"service_{table}", column, target) for table, column, target in REFERENCES),
        never_changed("service_hold", but=("lifted_on", "lifted_at", "lifted_by", "lifted_because")),
        never_changed("service_cutdecision"),
        never_changed("service_order"),
    ]
