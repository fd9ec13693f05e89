"""PUE invoices whose payment was still to come when they were issued."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from amate.invoices.models.invoice import AT_THE_SAT, Invoice
from amate.tenancy.models import CompanyOwned, ScopedManager


class AwaitedHow(models.TextChoices):
    PAID = "paid", "Se pagó"
    REPLACED = "replaced", "La sustituyó otra"


class AwaitedPaymentQuerySet(models.QuerySet["AwaitedPayment"]):
    def open(self) -> "AwaitedPaymentQuerySet":
        """Nobody has told that it was paid, and the invoice stands."""
        return self.filter(settled_at__isnull=True, invoice__state__in=AT_THE_SAT, invoice__replaced_by__isnull=True)


class AwaitedPayment(CompanyOwned):
    """It may stay PUE only if it is paid within the month of its issue, as it says (PAY-1). Without a row it was paid at
    once: that is what PUE says."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="awaited")
    since = models.DateTimeField()
    said_by = models.CharField(max_length=254, blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=10, choices=AwaitedHow.choices, blank=True, default="")
    paid_on = models.DateField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(AwaitedPaymentQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "invoice"], condition=Q(settled_at__isnull=True), name="awaited_once"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, how="")
                | Q(settled_at__isnull=False) & (Q(how="paid", paid_on__isnull=False) | Q(how="replaced")),
                name="awaited_says_how_it_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], condition=Q(settled_at__isnull=True), name="awaited_open"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}:{self.how or 'awaited'}"
