from django.db import migrations

from amate.tenancy.policy import guard, same_company

TABLES = ("pastcfdi", "pastpaid", "pastnamed", "pastlisted", "pastgap", "pastoffer")


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_cfdi_of_before")]

    operations = [
        *(guard(f"intake_{table}") for table in TABLES),
        *(same_company(f"intake_{table}", "batch_id", "intake_batch") for table in TABLES),
    ]
