from django.db import migrations

from amate.tenancy.policy import guard


class Migration(migrations.Migration):
    dependencies = [("self_invoicing", "0008_restorations")]

    operations = [guard("self_invoicing_restoration", referred=False)]
