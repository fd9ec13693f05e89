from django.db import migrations

from amate.tenancy.policy import never_changed

BEFORE = never_changed("service_cutdecision")
# Rows go to who remains when two customers become one.
AFTER = never_changed("service_cutdecision", but=("customer_id",))


class Migration(migrations.Migration):
    dependencies = [("service", "0002_guards")]

    operations = [
        migrations.RunSQL(BEFORE.reverse_sql, BEFORE.sql),
        migrations.RunSQL(AFTER.sql, AFTER.reverse_sql),
    ]
