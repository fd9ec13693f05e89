"""Double entry. Written once; what was wrong is reversed by another entry."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from amate.customers.models import Customer
from amate.ledger.models.receivable import Receivable
from amate.tenancy.models import CompanyOwned


class JournalEntry(CompanyOwned):
    """One event, once per source key. The lines sum to zero in each currency: the database refuses anything else."""

    source_key = models.CharField(max_length=80, help_text="of the event: `receivable:7`, `allocation:9`")
    day = models.DateField(help_text="the business day it counts from")
    booked_on = models.DateField(help_text="the day it was written down: later than `day` if the news came late")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "journal entries"
        constraints = [
            models.UniqueConstraint(fields=["company", "source_key"], name="journal_once_a_source"),
        ]
        indexes = [BrinIndex(fields=["created_at"], name="journal_by_moment", autosummarize=True)]

    def __str__(self) -> str:
        return self.source_key


class JournalLine(CompanyOwned):
    """Debit above zero, credit below. Customer and receivable are dimensions: whose balance it is, and of which debt."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="lines")
    day = models.DateField(help_text="the entry's")
    account = models.CharField(max_length=60, help_text="ledger/accounts.py")
    moneda = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    receivable = models.ForeignKey(Receivable, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    payment = models.ForeignKey("ledger.Payment", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="journal_line_not_zero")]
        indexes = [
            models.Index(
                fields=["company", "customer", "day", "id"],
                condition=Q(customer__isnull=False),
                name="journal_of_customer",
            ),
            models.Index(fields=["company", "account", "day"], name="journal_of_account"),
            models.Index(
                fields=["company", "receivable"], condition=Q(receivable__isnull=False), name="journal_of_receivable"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"
