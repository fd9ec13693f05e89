from django.db import migrations

from amate.tenancy.policy import guard, same_company

# What was kept before lay under another cipher, without its password: it seals nothing more, and the company is asked
# for its CSD again. No release had it.
RETIRE = "UPDATE companies_csd SET retired_at = now() WHERE retired_at IS NULL AND length(sealed_key) = 0"


class Migration(migrations.Migration):
    dependencies = [("companies", "0005_set_up")]

    operations = [
        guard("companies_logo"),
        guard("companies_csdupload"),
        guard("companies_datakey"),
        same_company("companies_portalpolicy", "branch_id", "companies_branch"),
        migrations.RunSQL(RETIRE, migrations.RunSQL.noop),
    ]
