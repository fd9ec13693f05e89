from django.db import migrations

from amate.tenancy.policy import guard, same_company


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0003_delivery_states_and_mail_settings"),
    ]

    operations = [
        guard("outbox_mailsettings"),
        guard("outbox_notice"),
        same_company("outbox_notice", "message_id", "outbox_message"),
    ]
