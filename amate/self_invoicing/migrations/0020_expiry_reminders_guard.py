from django.db import migrations

from amate.tenancy.policy import guard, same_company


class Migration(migrations.Migration):
    dependencies = [("self_invoicing", "0019_expiry_reminders")]

    operations = [
        guard("self_invoicing_expiryreminder", referred=False),
        same_company("self_invoicing_expiryreminder", "ticket_id", "self_invoicing_ticket"),
    ]
