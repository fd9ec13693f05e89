from django.db import migrations

from amate.tenancy.policy import guard


class Migration(migrations.Migration):
    dependencies = [("self_invoicing", "0003_holds_credit_and_reserved_codes")]

    operations = [guard("self_invoicing_reservedcode", referred=False)]
