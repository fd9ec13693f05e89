"""What came in, or is in a customer's favour, and which debts it pays."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from amate.customers.models import Customer
from amate.ledger.models.receivable import Receivable
from amate.tenancy.models import CompanyOwned, ScopedManager


class PaymentKind(models.TextChoices):
    MONEY = "money", "Pago"
    CREDIT_NOTE = "credit_note", "Nota de crédito"
    COURTESY = "courtesy", "Bonificación"
    OPENING = "opening", "Saldo inicial a favor"


class Reversed(models.TextChoices):
    REFUND = "refund", "Reembolso"
    CHARGEBACK = "chargeback", "Contracargo"
    CANCELLED = "cancelled", "Cancelado"


class PaymentQuerySet(models.QuerySet["Payment"]):
    def live(self) -> "PaymentQuerySet":
        return self.filter(reversed_on__isnull=True)

    def with_credit(self) -> "PaymentQuerySet":
        """Of a known customer, not used up: it stands in his favour."""
        return self.live().filter(customer__isnull=False, used_up_on__isnull=True)

    def unidentified(self) -> "PaymentQuerySet":
        return self.live().filter(customer__isnull=True)


class Payment(CompanyOwned):
    """Once per provider reference. Without a customer it waits in `por_identificar`. Its facts never change; `used_up_on` is
    written by the database from its allocations."""

    kind = models.CharField(max_length=12, choices=PaymentKind.choices, default=PaymentKind.MONEY)
    provider = models.CharField(max_length=40)
    provider_ref = models.CharField(max_length=120)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="payments", db_index=False)
    moneda = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    iva = models.DecimalField(
        max_digits=18, decimal_places=2, default=0, help_text="of a credit note: the IVA it gives back"
    )
    ieps = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    account = models.CharField(
        max_length=60, help_text="where it came in, or what it is charged to: ledger/accounts.py"
    )
    paid_at = models.DateTimeField()
    paid_on = models.DateField(help_text="the company's day of paid_at, or the bank's")
    forma_pago = models.CharField(max_length=2, blank=True, default="")
    num_operacion = models.CharField(max_length=100, blank=True, default="")
    banks = models.JSONField(default=dict, help_text="of the REP: accounts and RFC of both banks, those that are known")
    note = models.CharField(max_length=300, blank=True, default="", help_text="what people said about it")
    used_up_on = models.DateField(null=True, help_text="cache: the day from which its allocations sum to its amount")
    deposited_on = models.DateField(null=True, help_text="when the provider paid it into our bank")
    reversed_on = models.DateField(null=True)
    reversed_as = models.CharField(max_length=10, choices=Reversed.choices, blank=True, default="")
    created_at = models.DateTimeField()

    objects: ClassVar = ScopedManager.from_queryset(PaymentQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "provider", "provider_ref"], name="payment_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(iva__gte=0, ieps__gte=0, amount__gte=F("iva") + F("ieps"))
                & (Q(kind="credit_note") | Q(iva=0, ieps=0)),
                name="payment_taxes_of_credit_note",
            ),
            models.CheckConstraint(
                condition=Q(reversed_on__isnull=True, reversed_as="")
                | Q(reversed_on__isnull=False) & ~Q(reversed_as=""),
                name="payment_reversed_whole",
            ),
            models.CheckConstraint(
                condition=Q(kind="money") | Q(customer__isnull=False), name="payment_only_money_unidentified"
            ),
            models.CheckConstraint(condition=~Q(provider_ref="") & ~Q(provider=""), name="payment_has_reference"),
        ]
        indexes = [
            models.Index(fields=["company", "customer", "paid_on", "id"], name="payment_of_customer"),
            models.Index(
                fields=["company", "customer", "paid_on", "id"],
                condition=Q(used_up_on__isnull=True, reversed_on__isnull=True),
                name="payment_with_credit",
            ),
            models.Index(fields=["company", "-id"], condition=Q(customer__isnull=True), name="payment_unidentified"),
            models.Index(fields=["company", "-paid_on", "-id"], name="payment_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.provider_ref}"


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def live(self) -> "AllocationQuerySet":
        return self.filter(reversed_on__isnull=True)


class Allocation(CompanyOwned):
    """How much of a payment pays how much of a receivable, and which taxes are in that part. `frozen_at`: a REP says so to
    the SAT; it is not reversed before that REP is cancelled."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations", db_index=False)
    receivable = models.ForeignKey(Receivable, on_delete=models.PROTECT, related_name="allocations", db_index=False)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    iva = models.DecimalField(max_digits=18, decimal_places=2)
    ieps = models.DecimalField(max_digits=18, decimal_places=2)
    withheld = models.DecimalField(max_digits=18, decimal_places=2)
    day = models.DateField()
    created_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)
    reversed_on = models.DateField(null=True)
    reversed_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(AllocationQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_positive"),
            models.CheckConstraint(condition=Q(iva__gte=0, ieps__gte=0, withheld__gte=0), name="allocation_taxes"),
            models.CheckConstraint(
                condition=Q(reversed_on__isnull=True, reversed_at__isnull=True)
                | Q(reversed_on__gte=F("day"), reversed_at__isnull=False),
                name="allocation_reversed_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "receivable"], name="allocation_of_receivable"),
            models.Index(fields=["company", "payment"], name="allocation_of_payment"),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} → {self.receivable_id}: {self.amount}"
