from django.db import migrations

from amate.tenancy.policy import same_company


class Migration(migrations.Migration):
    dependencies = [("help", "0004_case_correction"), ("self_invoicing", "0013_correction_guards")]

    operations = [same_company("help_case", "correction_id", "self_invoicing_correction")]
