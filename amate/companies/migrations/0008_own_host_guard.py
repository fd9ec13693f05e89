from django.db import migrations

from amate.tenancy.policy import guard, same_company


class Migration(migrations.Migration):
    dependencies = [("companies", "0007_generic_concepts_texts_and_own_hosts")]

    operations = [
        guard("companies_ownhost"),
        same_company("companies_logo", "branch_id", "companies_branch"),
    ]
