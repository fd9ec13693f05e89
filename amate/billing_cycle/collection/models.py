"""What was said to a customer about his debts, and what was agreed."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from amate.companies.day import day_of
from amate.customers.models import Customer
from amate.ledger.models import Receivable
from amate.tenancy.models import CompanyOwned, ScopedManager, Stateful


class Channel(models.TextChoices):
    MAIL = "mail", "Correo"
    SMS = "sms", "SMS"
    CALL = "call", "Llamada"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def delivered(self) -> "NoticeQuerySet":
        return self.filter(state=Notice.State.SENT)


class Notice(Stateful):
    """One reminder of one debt by one channel, at most once (I18): claimed before it is sent, and what was claimed and
    never confirmed stays unknown rather than going out again."""

    class State(models.TextChoices):
        CLAIMED = "claimed", "Por enviar"
        SENT = "sent", "Enviado"
        SKIPPED = "skipped", "No enviado"
        FAILED = "failed", "No llegó"
        UNKNOWN = "unknown", "No se sabe"

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.CLAIMED: frozenset({State.SENT, State.SKIPPED, State.FAILED, State.UNKNOWN}),
        State.UNKNOWN: frozenset({State.SENT, State.FAILED}),
        State.SENT: frozenset({State.FAILED}),
        State.SKIPPED: frozenset(),
        State.FAILED: frozenset(),
    }

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    receivable = models.ForeignKey(Receivable, on_delete=models.PROTECT, related_name="notices", db_index=False)
    step = models.CharField(max_length=20)
    channel = models.CharField(max_length=6, choices=Channel.choices)
    last_warning = models.BooleanField(default=False)
    reopened_on = models.DateField(
        null=True, help_text="as the debt had it: one that is owed again is told anew, and warned of anew before a cut"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.CLAIMED)
    day = models.DateField()
    names_cut_on = models.DateField(null=True, help_text="the day of cut that a last warning says")
    message_id = models.BigIntegerField(null=True)
    why = models.CharField(max_length=200, blank=True, default="")
    claimed_at = models.DateTimeField()
    settled_on = models.DateField(null=True, help_text="the company's day on which it left, or did not")

    objects: ClassVar = ScopedManager.from_queryset(NoticeQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "receivable", "step", "channel", "reopened_on"],
                nulls_distinct=False,
                name="notice_once",
            ),
            # At most one step a day for a debt, however often the run starts.
            models.UniqueConstraint(fields=["company", "receivable", "channel", "day"], name="notice_one_a_day"),
        ]
        indexes = [
            models.Index(fields=["company", "customer", "-id"], name="notice_of_customer"),
            models.Index(fields=["company", "claimed_at"], condition=Q(state="claimed"), name="notice_claimed"),
            models.Index(fields=["company", "day", "customer"], name="notice_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.receivable_id}"


class OptOut(CompanyOwned):
    """A channel by which a customer asked not to be reminded, until it is taken back."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=6, choices=Channel.choices)
    by = models.CharField(max_length=254, help_text="himself, by the mail of his link, or who wrote it down for him")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=254, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "customer", "channel"], condition=Q(ended_at__isnull=True), name="opt_out_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="") | Q(ended_at__isnull=False) & ~Q(ended_by=""),
                name="opt_out_ended_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.get_channel_display()

    @classmethod
    def make_way(cls, *, kept_id: int, merged_id: int, now: datetime) -> None:
        """What both asked for stands once (`customers.merge`)."""
        live = cls.objects.filter(ended_at__isnull=True)
        known = live.filter(customer_id=kept_id).values("channel")
        live.filter(customer_id=merged_id, channel__in=known).update(ended_at=now, ended_by="fusión de clientes")


class PromiseToPay(Stateful):
    """A customer's word, or the one that staff took: it holds the cut until its last day."""

    class State(models.TextChoices):
        OPEN = "open", "Vigente"
        KEPT = "kept", "Cumplida"
        BROKEN = "broken", "Incumplida"
        WITHDRAWN = "withdrawn", "Retirada"

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.KEPT, State.BROKEN, State.WITHDRAWN}),
        State.KEPT: frozenset(),
        State.BROKEN: frozenset(),
        State.WITHDRAWN: frozenset(),
    }

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    until = models.DateField()
    made_on = models.DateField()
    made_by = models.CharField(max_length=254)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    settled_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "customer"], condition=Q(state="open"), name="promise_one_open"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="promise_of_money"),
            models.CheckConstraint(condition=Q(until__gte=F("made_on")), name="promise_until_later"),
        ]
        indexes = [models.Index(fields=["company", "customer", "-id"], name="promise_of_customer")]

    def __str__(self) -> str:
        return f"promesa {self.pk}"

    @classmethod
    def make_way(cls, *, kept_id: int, merged_id: int, now: datetime) -> None:
        """Of two words of one person the one that holds longer stays (`customers.merge`)."""
        rows = cls.objects.filter(customer_id__in=(kept_id, merged_id), state=cls.State.OPEN)
        for one in sorted(rows, key=lambda one: (one.until, one.customer_id == kept_id))[:-1]:
            one.move_to(cls.State.WITHDRAWN, settled_on=day_of(now))


class Exemption(CompanyOwned):
    """Whom the company does not cut, why and until when. Ended, never erased."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    until = models.DateField()
    why = models.CharField(max_length=300)
    by = models.CharField(max_length=254)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=254, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "customer"], condition=Q(ended_at__isnull=True), name="exemption_one_open"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="exemption_says_why"),
        ]

    def __str__(self) -> str:
        return f"exento {self.customer_id}"

    @classmethod
    def make_way(cls, *, kept_id: int, merged_id: int, now: datetime) -> None:
        """Of two of one person the one that lasts longer stays (`customers.merge`)."""
        rows = cls.objects.filter(customer_id__in=(kept_id, merged_id), ended_at__isnull=True)
        lesser = sorted(rows, key=lambda one: (one.until, one.customer_id == kept_id))[:-1]
        cls.objects.filter(pk__in=[one.pk for one in lesser]).update(ended_at=now, ended_by="amate")


class CollectorNote(CompanyOwned):
    """What a collector heard, and when to ask again."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.CharField(max_length=1000)
    by = models.CharField(max_length=254)
    next_on = models.DateField(null=True, help_text="the day of the next step")
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["company", "customer", "-id"], name="collector_note_of_customer"),
            models.Index(
                fields=["company", "next_on"],
                condition=Q(next_on__isnull=False, done_at__isnull=True),
                name="collector_note_due",
            ),
        ]

    def __str__(self) -> str:
        return f"nota {self.pk}"


class CollectionDay(CompanyOwned):
    """What was done about debts on one day of the company, so that a run that starts again goes on where it was."""

    day = models.DateField()
    reminded_at = models.DateTimeField(null=True)
    notices = models.IntegerField(default=0)
    would_cut = models.IntegerField(null=True, help_text="customers whom the rules would cut that day")
    cut = models.IntegerField(default=0)
    cut_at = models.DateTimeField(null=True, help_text="the cuts of the day are through")
    held_because = models.CharField(max_length=300, blank=True, default="", help_text="why nobody is cut just now")
    allowed = models.IntegerField(null=True, help_text="so many a person let through after the fuse")
    allowed_by = models.CharField(max_length=254, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "day"], name="collection_day_once")]

    def __str__(self) -> str:
        return f"{self.day}"
