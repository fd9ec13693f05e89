from django.db import migrations

from amate.tenancy.policy import guard


class Migration(migrations.Migration):
    dependencies = [("desk", "0003_drafts"), ("companies", "0002_guards")]

    operations = [guard("desk_draft", referred=False)]
