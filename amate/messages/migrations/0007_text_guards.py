from django.db import migrations

from amate.tenancy.policy import guard


class Migration(migrations.Migration):
    dependencies = [("outbox", "0006_texts")]

    operations = [guard("outbox_textsettings"), guard("outbox_textmessage")]
