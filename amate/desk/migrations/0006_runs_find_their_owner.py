from django.db import migrations

BY_MAIL = """
UPDATE desk_run SET owner_id = person.id FROM access_user person
WHERE person.email = desk_run.asked_by AND desk_run.owner_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("desk", "0005_run_owner")]

    operations = [migrations.RunSQL(BY_MAIL, migrations.RunSQL.noop)]
