from django.db import migrations, models
from django.db.models import Q

OPEN = ["asked", "held", "sending", "doubted", "received"]
STATES = [
    ("asked", "Esperando su turno"),
    ("held", "Detenida: decide tú"),
    ("sending", "Enviando al SAT"),
    ("doubted", "Confirmando con el SAT"),
    ("received", "Recibida por el SAT"),
    ("done", "Cancelada"),
    ("rejected", "Rechazada por el receptor"),
    ("refused", "No procede"),
    ("withdrawn", "Retirada"),
]


class Migration(migrations.Migration):
    """A cancellation may be held for a person, or doubted: both are open."""

    dependencies = [("invoices", "0013_one_wish_one_document")]

    operations = [
        migrations.AlterField(
            "cancellation", "state", models.CharField(choices=STATES, default="asked", max_length=10)
        ),
        migrations.AlterField(
            "cancellation",
            "sent_at",
            models.DateTimeField(help_text="when its request was last sent and may have arrived", null=True),
        ),
        migrations.RemoveConstraint("cancellation", "one_open_cancellation"),
        migrations.AddConstraint(
            "cancellation",
            models.UniqueConstraint(
                fields=["company", "invoice"], condition=Q(state__in=OPEN), name="one_open_cancellation"
            ),
        ),
        migrations.RemoveIndex("cancellation", "cancellation_open"),
        migrations.AddIndex(
            "cancellation",
            models.Index(fields=["company", "-id"], condition=Q(state__in=OPEN), name="cancellation_open"),
        ),
        migrations.AlterField(
            "invoice",
            "refused_by",
            models.CharField(
                blank=True,
                choices=[
                    ("receiver", "Datos del receptor"),
                    ("ours", "Emisor o sistema"),
                    ("nobody", "Se abandonó"),
                ],
                default="",
                max_length=10,
            ),
        ),
    ]
