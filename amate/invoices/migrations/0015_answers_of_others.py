from django.db import migrations, models

from amate.tenancy.policy import never_changed

DECISION = ("state", "accepts", "decided_by", "decided_at", "settled_at", "code", "answer")
AS_BEFORE = never_changed("invoices_receivedrequest", but=DECISION)
AND_THE_LIST = never_changed("invoices_receivedrequest", but=(*DECISION, "sent_at", "unlisted_at"))


class Migration(migrations.Migration):
    """A request that somebody else answered, and one that was answered while the PAC's list still shows it."""

    dependencies = [("invoices", "0014_cancellations_in_doubt")]

    operations = [
        migrations.AlterField(
            "receivedrequest",
            "state",
            models.CharField(
                choices=[
                    ("pending", "Por responder"),
                    ("answering", "Enviando la respuesta"),
                    ("answered", "Respondida"),
                    ("elsewhere", "Ya tenía respuesta"),
                    ("gone", "Ya no está pendiente"),
                ],
                default="pending",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "receivedrequest",
            "sent_at",
            models.DateTimeField(help_text="when this answer was last sent and may have arrived", null=True),
        ),
        migrations.AddField(
            "receivedrequest",
            "unlisted_at",
            models.DateTimeField(
                help_text="once it was answered, when the PAC's list was first seen without it", null=True
            ),
        ),
        migrations.RunSQL(AS_BEFORE.reverse_sql, AS_BEFORE.sql),
        migrations.RunSQL(AND_THE_LIST.sql, AND_THE_LIST.reverse_sql),
    ]
