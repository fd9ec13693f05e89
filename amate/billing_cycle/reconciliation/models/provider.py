"""Money that providers and customers tell of, and by what its owner is known."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from amate.billing_cycle.reconciliation.owed_reversal import OwedReversal as OwedReversal
from amate.billing_cycle.reconciliation.paid_note import PaidNote as PaidNote
from amate.customers.models import Customer
from amate.ledger.models import Payment, Receivable
from amate.tenancy.models import CompanyOwned, ScopedManager, Stateful


class ProviderAccount(CompanyOwned):
    """The company's account with a payment provider. The key is sealed (`companies.secrets`) and opened in the worker only."""

    code = models.CharField(max_length=20, help_text="adapters.payments.SPOKEN")
    name = models.CharField(max_length=80)
    sealed_key = models.BinaryField()
    webhook_keys = models.TextField(blank=True, default="", help_text="public keys (PEM), several while one rotates")
    sealed_notice_secrets = models.BinaryField(default=bytes, help_text="of adapters.payments.BY_SECRET, one a line")
    api_url = models.CharField(max_length=200, blank=True, default="", help_text="empty: the provider's own")
    cursor = models.CharField(max_length=200, blank=True, default="", help_text="how far the sweep has come")
    swept_at = models.DateTimeField(null=True)
    away_since = models.DateTimeField(null=True, help_text="it does not answer since then")
    tried_at = models.DateTimeField(null=True, help_text="when a person last asked whether it answers")
    tried_well = models.BooleanField(default=False)
    tried_said = models.CharField(max_length=300, blank=True, default="")
    voucher_ways = models.JSONField(
        default=list,
        help_text="adapters.payments.Way: what is made for each debt of its own, of what the provider offers",
    )
    formas = models.JSONField(
        default=dict, help_text="{method: c_FormaPago} where a person said another than the adapter's"
    )
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "code", "name"], condition=Q(closed_at__isnull=True), name="provider_account_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def proves_notices(self) -> bool:
        """Whether a notice of it can be believed at all."""
        return bool(self.webhook_keys or self.sealed_notice_secrets)

    @property
    def source(self) -> str:
        """As the ledger names it: one provider may be used with two accounts."""
        return f"{self.code}:{self.pk}"


class InboxQuerySet(models.QuerySet["InboxEvent"]):
    def for_people(self) -> "InboxQuerySet":
        """Money or news that nobody could place by himself."""
        return self.filter(state=InboxEvent.State.WAITING)


class InboxEvent(Stateful):
    """What a provider told, kept before anything is done with it: told twice it is here once."""

    class State(models.TextChoices):
        NEW = "new", "Por leer"
        DONE = "done", "Aplicado"
        IGNORED = "ignored", "Sin efecto"
        WAITING = "waiting", "Por revisar"

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.NEW: frozenset({State.DONE, State.IGNORED, State.WAITING}),
        State.WAITING: frozenset({State.DONE, State.IGNORED, State.WAITING}),
        State.DONE: frozenset(),
        State.IGNORED: frozenset({State.WAITING}),
    }

    account = models.ForeignKey(ProviderAccount, on_delete=models.PROTECT, related_name="events", db_index=False)
    event_key = models.CharField(max_length=120)
    told = models.CharField(max_length=60, blank=True, default="")
    body = models.BinaryField(help_text="as it came")
    payment_ids = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    why = models.CharField(max_length=300, blank=True, default="")
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(InboxQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "account", "event_key"], name="inbox_once")]
        indexes = [
            models.Index(fields=["company", "-id"], name="inbox_newest"),
            models.Index(fields=["company", "-id"], condition=Q(state="waiting"), name="inbox_waiting"),
            models.Index(fields=["company", "id"], condition=Q(state="new"), name="inbox_new"),
        ]

    def __str__(self) -> str:
        return f"{self.told} {self.pk}"


class UnprovedNotice(CompanyOwned):
    """What somebody sent to the address of a provider's notices, and only the provider can say whether it was it. Nothing of
    it is believed; proved it becomes an `InboxEvent`, and its row goes either way."""

    account = models.ForeignKey(ProviderAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    notice_key = models.CharField(max_length=120)
    told = models.CharField(max_length=60, blank=True, default="")
    body = models.BinaryField(help_text="as it came")
    proof = models.JSONField(help_text="what its provider is asked with")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "account", "notice_key"], name="unproved_once")]
        indexes = [models.Index(fields=["company", "received_at"], name="unproved_oldest")]

    def __str__(self) -> str:
        return f"{self.told} {self.pk}"


class PaymentHint(CompanyOwned):
    """Money that is on its way, by a verified notice or a customer's word: it stops reminders and cuts until then (PAY-8).
    It never touches the ledger."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    source_key = models.CharField(max_length=120)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    until = models.DateTimeField(help_text="after which it is believed no more")
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "source_key"], name="hint_once")]
        indexes = [
            models.Index(fields=["company", "customer"], condition=Q(ended_at__isnull=True), name="hint_open"),
        ]

    def __str__(self) -> str:
        return self.source_key


class ReferenceKind(models.TextChoices):
    CLABE = "clabe", "CLABE"
    CASH = "cash", "Referencia de efectivo"
    ORDER = "order", "Cobro del proveedor"
    NUMBER = "number", "Referencia numérica"


class PaymentReference(CompanyOwned):
    """A number that says whose a payment is: a customer's for life, or of one receivable."""

    kind = models.CharField(max_length=10, choices=ReferenceKind.choices)
    value = models.CharField(max_length=80)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="references", db_index=False)
    receivable = models.ForeignKey(
        Receivable, on_delete=models.PROTECT, null=True, related_name="references", db_index=False
    )
    account = models.ForeignKey(ProviderAccount, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    payment_id = models.CharField(max_length=120, blank=True, default="", help_text="what the provider is asked for")
    facts = models.JSONField(default=dict, help_text="what the payer needs beside it: bank, shops, barcode, url")
    amount = models.DecimalField(
        max_digits=18, decimal_places=2, null=True, help_text="of a voucher: what it asks for, of one debt"
    )
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "value"], name="reference_once"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True)
                | Q(amount__gt=0, receivable__isnull=False, account__isnull=False, expires_at__isnull=False),
                name="reference_voucher_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "value"], name="reference_value"),
            models.Index(fields=["company", "customer", "-id"], name="reference_of_customer"),
            models.Index(
                fields=["company", "account", "id"],
                condition=Q(ended_at__isnull=True) & ~Q(payment_id=""),
                name="reference_open",
            ),
            models.Index(
                fields=["company", "receivable"],
                condition=Q(ended_at__isnull=True, amount__isnull=False),
                name="reference_vouchers",
            ),
        ]

    def __str__(self) -> str:
        return self.value


class ReportedPayment(Stateful):
    """A customer says that he paid, with or without a proof: it holds the cut for some hours, and a person confirms it."""

    class State(models.TextChoices):
        OPEN = "open", "Por confirmar"
        CONFIRMED = "confirmed", "Confirmado"
        REJECTED = "rejected", "No se encontró"

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.CONFIRMED, State.REJECTED}),
        State.CONFIRMED: frozenset(),
        State.REJECTED: frozenset(),
    }

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    paid_on = models.DateField()
    forma_pago = models.CharField(max_length=2)
    reference = models.CharField(max_length=120, blank=True, default="")
    proof = models.BinaryField(null=True)
    proof_kind = models.CharField(max_length=20, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=300, blank=True, default="")
    by = models.CharField(max_length=254)
    reported_at = models.DateTimeField()
    settled_by = models.CharField(max_length=254, blank=True, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="report_of_money"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(payment__isnull=False), name="report_confirmed_has_payment"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], condition=Q(state="open"), name="report_open"),
            models.Index(fields=["company", "customer", "-id"], name="report_of_customer"),
        ]

    def __str__(self) -> str:
        return f"reporte {self.pk}"
