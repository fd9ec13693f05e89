from django.db import migrations

from amate.tenancy.policy import guard, same_company


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_lists_views_and_runs"), ("companies", "0002_guards")]

    operations = [
        guard("desk_savedview", referred=False),
        guard("desk_run"),
        guard("desk_runpiece", referred=False),
        same_company("desk_runpiece", "run_id", "desk_run"),
    ]
