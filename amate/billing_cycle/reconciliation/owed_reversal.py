"""A payment that went back while a REP tells the SAT of it: first that REP is cancelled, and then the ledger takes it back."""

from django.db import models
from django.db.models import Q

from amate.ledger.models import Payment
from amate.tenancy.models import CompanyOwned


class OwedReversal(CompanyOwned):
    """Until `done_at` no REP tells the payment again. Written by `take_back`."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=12, help_text="ledger.reverse.Why")
    note = models.CharField(max_length=300, blank=True, default="")
    asked_by = models.CharField(max_length=254)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    given_up_because = models.CharField(max_length=300, blank=True, default="", help_text="the receiver never accepted")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "payment"], condition=Q(done_at__isnull=True), name="one_owed_reversal"
            )
        ]

    def __str__(self) -> str:
        return f"{self.payment_id}:{self.why}"
