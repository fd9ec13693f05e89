from django.db import migrations

from amate.tenancy.policy import guard


class Migration(migrations.Migration):
    dependencies = [("companies", "0013_pac_trial")]

    operations = [guard("companies_pactrial")]
