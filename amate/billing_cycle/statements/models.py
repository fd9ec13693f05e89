"""What customers were told, day by day, and the links that open a customer's own page."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from amate.customers.models import Customer
from amate.tenancy.models import CompanyOwned, ScopedManager


class Statement(CompanyOwned):
    """A statement of account as it was told: written once and never changed, whatever comes later. `number` is the customer's
    at that time, so that two accounts that become one keep the statements of both."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="statements", db_index=False)
    number = models.BigIntegerField()
    fecha_corte = models.DateField(help_text="the last day it tells of")
    since = models.DateField(help_text="the first day of its movements")
    moneda = models.CharField(max_length=3)
    previous = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="whose closing it opens with",
    )
    opening = models.DecimalField(max_digits=18, decimal_places=2)
    charges = models.DecimalField(max_digits=18, decimal_places=2)
    payments = models.DecimalField(max_digits=18, decimal_places=2)
    adjustments = models.DecimalField(max_digits=18, decimal_places=2)
    closing = models.DecimalField(max_digits=18, decimal_places=2)
    overdue = models.DecimalField(max_digits=18, decimal_places=2)
    through = models.BigIntegerField(help_text="the last journal entry of the customer that was there when it was made")
    facts = models.JSONField(help_text="all that it tells: told.Told")
    sha256 = models.CharField(max_length=64, help_text="of the facts")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number", "fecha_corte", "moneda"], name="statement_once"),
            models.CheckConstraint(
                condition=Q(closing=F("opening") + F("charges") - F("payments") + F("adjustments")),
                name="statement_adds_up",
            ),
            models.CheckConstraint(condition=Q(since__lte=F("fecha_corte")), name="statement_days"),
        ]
        indexes = [models.Index(fields=["company", "customer", "-fecha_corte"], name="statement_of_customer")]

    def __str__(self) -> str:
        return f"{self.number} al {self.fecha_corte}"


class StatementRun(CompanyOwned):
    """A cut-off that was looked after: whose statements were owed, once however often the clock asks."""

    fecha_corte = models.DateField()
    customers = models.IntegerField()
    planned_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "fecha_corte"], name="statement_run_once")]

    def __str__(self) -> str:
        return f"{self.fecha_corte}"


class Purpose(models.TextChoices):
    """What a link opens. ACCOUNT only shows; each of the others does one thing, once."""

    ACCOUNT = "account", "Ver su cuenta"
    REPORT = "report", "Avisar que pagó"
    PROMISE = "promise", "Prometer una fecha"
    FISCAL = "fiscal", "Corregir sus datos fiscales"
    CHANNELS = "channels", "Elegir cómo se le avisa"


class AccountLinkQuerySet(models.QuerySet["AccountLink"]):
    def standing(self) -> "AccountLinkQuerySet":
        return self.filter(revoked_at__isnull=True)


class AccountLink(CompanyOwned):
    """What a link in one mail opens of one customer, until it expires, is used or is taken back. Its seed alone opens
    nothing: the token is made of it by the installation's key."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    key = models.CharField(max_length=120, help_text="of the mail that carries it")
    correo = models.EmailField(help_text="whom it was mailed to")
    seed = models.CharField(max_length=64)
    token_digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(AccountLinkQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="account_link_key"),
            models.UniqueConstraint(fields=["company", "token_digest"], name="account_link_token"),
            models.CheckConstraint(
                condition=~Q(purpose="account") | Q(used_at__isnull=True), name="account_link_only_acts_are_used"
            ),
        ]
        indexes = [models.Index(fields=["company", "customer", "-id"], name="account_link_of_customer")]

    def __str__(self) -> str:
        return f"enlace {self.pk}"

    def opens(self, now: datetime) -> bool:
        return self.revoked_at is None and self.used_at is None and self.expires_at > now
