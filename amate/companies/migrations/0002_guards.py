from django.db import migrations

from amate.tenancy.policy import guard


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0001_initial"),
    ]

    operations = [
        guard("companies_emisor"),
        guard("companies_branch"),
        guard("companies_series"),
        guard("companies_csd"),
        guard("companies_portalpolicy"),
    ]
