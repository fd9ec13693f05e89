"""The journal by the moment of its entries, for who asks what changed: they come in that order, so a block range is enough."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_laws")]

    operations = [
        migrations.AddIndex(
            model_name="journalentry",
            index=BrinIndex(fields=["created_at"], name="journal_by_moment", autosummarize=True),
        ),
    ]
