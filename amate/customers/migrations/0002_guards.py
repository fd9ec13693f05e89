from django.db import migrations

from amate.tenancy.policy import guard, same_company


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_initial"),
        ("companies", "0002_guards"),
    ]

    operations = [
        guard("customers_customer"),
        guard("customers_fiscalprofile"),
        same_company("customers_fiscalprofile", "customer_id", "customers_customer"),
    ]
