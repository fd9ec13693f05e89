from django.db import migrations

from amate.tenancy.policy import guard


class Migration(migrations.Migration):
    dependencies = [("companies", "0015_billing_policy")]

    operations = [guard("companies_billingpolicy", referred=False)]
