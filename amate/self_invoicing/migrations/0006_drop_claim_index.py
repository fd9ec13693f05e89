"""Few claims are ever released: the unique key of (company, id) walks the live ones as well."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("self_invoicing", "0005_index_lists")]
    operations = [migrations.RemoveIndex(model_name="claim", name="claim_newest_live")]
