from django.db import migrations

from amate.tenancy.policy import guard


class Migration(migrations.Migration):
    dependencies = [("companies", "0003_product")]

    operations = [guard("companies_product")]
