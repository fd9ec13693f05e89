from django.db import migrations

from amate.tenancy.policy import guard


class Migration(migrations.Migration):
    dependencies = [("collection", "0004_told_by_round_and_days")]

    operations = [guard("collection_collectionday")]
