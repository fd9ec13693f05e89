"""What we told people and whether it arrived; and how a company's mails leave."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from amate.adapters.messages import SMTP, Cause, Tls
from amate.adapters.messages.notices import NoticeKind
from amate.adapters.messages.providers import PROVIDERS
from amate.tenancy.models import CompanyOwned, ScopedManager, Stateful


class MessageQuerySet(models.QuerySet["Message"]):
    def astray(self) -> "MessageQuerySet":
        """What did not reach its reader, until it is sent elsewhere or somebody says that it need not be."""
        return self.filter(state__in=Message.DEAD, attended_at__isnull=True)


class Message(Stateful):
    class State(models.TextChoices):
        WAITING = "waiting", "Por enviar"
        SENDING = "sending", "Enviando"
        SENT = "sent", "Enviado"
        DELIVERED = "delivered", "Entregado"
        BOUNCED = "bounced", "Rebotó"
        COMPLAINED = "complained", "Marcado como no deseado"
        REFUSED = "refused", "Rechazado"

    # What only the other side can tell, later or even before we have noted that the mail left; never back again.
    TOLD: ClassVar[frozenset[str]] = frozenset({State.DELIVERED, State.BOUNCED, State.COMPLAINED})
    DEAD: ClassVar[frozenset[str]] = frozenset({State.BOUNCED, State.COMPLAINED, State.REFUSED})
    # A message found "sending" belonged to a worker that died: nobody knows whether it left, so it is sent again under
    # the same Message-ID, which mail programs show once.
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.WAITING: frozenset({State.SENDING}) | TOLD,
        State.SENDING: frozenset({State.SENDING, State.WAITING, State.SENT, State.REFUSED}) | TOLD,
        State.SENT: TOLD,
        State.DELIVERED: frozenset({State.BOUNCED, State.COMPLAINED}),
        State.BOUNCED: frozenset({State.COMPLAINED}),
        State.COMPLAINED: frozenset(),
        State.REFUSED: frozenset({State.SENDING}) | TOLD,
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
    told_at = models.DateTimeField(null=True, help_text="When it was delivered, bounced or complained of")
    provider_id = models.CharField(max_length=200, default="", blank=True)
    cause = models.CharField(max_length=12, default="", blank=True, choices=[(one.value, one.value) for one in Cause])
    error = models.TextField(default="", blank=True)
    attended_at = models.DateTimeField(null=True, help_text="Astray, and sent elsewhere or let be")

    objects: ClassVar = ScopedManager.from_queryset(MessageQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="message_key")]
        indexes = [
            models.Index(fields=["company", "about"], name="message_about"),
            models.Index(
                fields=["company", "-id"],
                condition=Q(state__in=["bounced", "complained", "refused"], attended_at__isnull=True),
                name="message_astray",
            ),
            models.Index(fields=["company", "-created_at", "-id"], name="message_created"),
            models.Index(fields=["company", "state", "-id"], name="message_state"),
            models.Index(fields=["company", "kind", "-id"], name="message_kind"),
            models.Index(fields=["company", "to"], name="message_to"),
            models.Index(fields=["company", "provider_id"], condition=~Q(provider_id=""), name="message_provider_id"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.to}"


class Notice(CompanyOwned):
    """What a provider told of a mail, kept once however often it is told."""

    key = models.CharField(max_length=40)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=10, choices=[(one.value, one.value) for one in NoticeKind])
    at = models.DateTimeField()
    why = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="mail_notice_key")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.message_id}"


class MailSettings(CompanyOwned):
    """How the company's mails leave and how they speak. Without a row, as the installation's, tú to tú."""

    HOUSE = "house"
    WAYS = [(HOUSE, "De esta instalación"), (SMTP, "Tu servidor SMTP"), *((p.code, p.name) for p in PROVIDERS.values())]

    way = models.CharField(max_length=20, choices=WAYS, default=HOUSE)
    sender = models.EmailField(default="", blank=True, help_text="From; empty: the installation's")
    reply_to = models.EmailField(default="", blank=True, help_text="Empty: Emisor.correo")
    host = models.CharField(max_length=253, default="", blank=True)
    port = models.PositiveIntegerField(default=587)
    tls = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Tls], default=Tls.STARTTLS.value)
    user = models.CharField(max_length=200, default="", blank=True)
    domain = models.CharField(max_length=253, default="", blank=True)
    region = models.CharField(max_length=2, default="", blank=True)
    sealed_secret = models.BinaryField(default=bytes, help_text="password or key of the API")
    sealed_signing = models.BinaryField(default=bytes, help_text="key that proves the provider's notices")
    notice_seed = models.CharField(max_length=32, help_text="of the password in the address of the notices")
    usted = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "mail settings"
        constraints = [models.UniqueConstraint(fields=["company"], name="one_mail_settings_a_company")]

    def __str__(self) -> str:
        return self.way


class TextSettings(CompanyOwned):
    """The gateway that takes the company's texts to telephones."""

    sealed_key = models.BinaryField(default=bytes)
    shown = models.JSONField(default=dict, help_text="the gateway without its key")
    most_a_month = models.PositiveIntegerField(null=True, help_text="segments; empty: no bound")
    spent_in = models.DateField(null=True, help_text="first day of the month in which a text found no room")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "text settings"
        constraints = [models.UniqueConstraint(fields=["company"], name="one_text_settings_a_company")]

    def __str__(self) -> str:
        return f"text settings {self.pk}"


class TextMessage(Stateful):
    """A text for a telephone. Unlike a mail it cannot be shown once when it comes twice: what may have left stays unknown."""

    class State(models.TextChoices):
        WAITING = "waiting", "Por enviar"
        SENDING = "sending", "Enviando"
        SENT = "sent", "Enviado"
        REFUSED = "refused", "Rechazado"
        UNKNOWN = "unknown", "No se sabe"

    # Left, or may have: the gateway charges for it.
    PAID_FOR: ClassVar[frozenset[str]] = frozenset({State.SENDING, State.SENT, State.UNKNOWN})
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.WAITING: frozenset({State.SENDING}),
        State.SENDING: frozenset({State.WAITING, State.SENT, State.REFUSED, State.UNKNOWN}),
        State.SENT: frozenset(),
        State.REFUSED: frozenset(),
        State.UNKNOWN: frozenset(),
    }

    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=60, help_text="what it is about, as `customer:<id>`")
    to = models.CharField(max_length=20)
    text = models.CharField(max_length=800)
    segments = models.PositiveSmallIntegerField(help_text="how many are paid for")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, help_text="when it was last handed over: the month that it is paid in")
    sent_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=100, default="", blank=True)
    error = models.TextField(default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="text_key")]
        indexes = [
            models.Index(fields=["company", "about", "-id"], name="text_about"),
            models.Index(fields=["company", "claimed_at"], name="text_claimed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.to}"
