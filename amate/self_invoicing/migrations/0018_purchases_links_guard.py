from django.db import migrations

from amate.tenancy.policy import guard


class Migration(migrations.Migration):
    dependencies = [("self_invoicing", "0017_purchases_links")]

    operations = [guard("self_invoicing_purchaseslink", referred=False)]
