"""What we told people, and whether it arrived at the next mail server."""

from typing import ClassVar

from django.db import models

from amate.tenancy.models import Stateful


class Message(Stateful):
    class State(models.TextChoices):
        WAITING = "waiting", "Por enviar"
        SENDING = "sending", "Enviando"
        SENT = "sent", "Enviado"
        REFUSED = "refused", "Rechazado"

    # A message found "sending" belonged to a worker that died: nobody knows whether it left, so it is sent again under
    # the same Message-ID, which mail programs show once.
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.WAITING: frozenset({State.SENDING}),
        State.SENDING: frozenset({State.SENDING, State.WAITING, State.SENT, State.REFUSED}),
        State.SENT: frozenset(),
        State.REFUSED: frozenset({State.SENDING}),
    }

    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=60, help_text="what it is about, as `invoice:<id>`")
    to = models.EmailField()
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="message_key")]
        indexes = [models.Index(fields=["company", "about"], name="message_about")]

    def __str__(self) -> str:
        return f"{self.kind} → {self.to}"
