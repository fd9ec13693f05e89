"""Where the SAT says another thing of a document of ours than we do."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from amate.invoices.models.invoice import Invoice
from amate.tenancy.models import CompanyOwned, ScopedManager


class Differs(models.TextChoices):
    NOT_FOUND = "not_found", "El SAT no la encuentra"
    CANCELLED_THERE = "cancelled", "El SAT la tiene cancelada"
    ASKED_THERE = "asked", "Alguien pidió cancelarla fuera de Amate"
    LIVE_THERE = "live", "El SAT la tiene vigente"
    UNREADABLE = "unreadable", "El SAT no entiende sus datos"


class SatDifferenceQuerySet(models.QuerySet["SatDifference"]):
    def lasting(self) -> "SatDifferenceQuerySet":
        return self.filter(mended_at__isnull=True)


class SatDifference(CompanyOwned):
    """From the first look that found it until a look that does not (FEATURES 146)."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=10, choices=Differs.choices)
    said = models.CharField(max_length=300, help_text="in the SAT's own words")
    seen_at = models.DateTimeField()
    looked_at = models.DateTimeField(help_text="the last time")
    mended_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(SatDifferenceQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "invoice"], condition=Q(mended_at__isnull=True), name="one_lasting_difference"
            )
        ]
        indexes = [
            models.Index(fields=["company", "-id"], condition=Q(mended_at__isnull=True), name="sat_difference_lasting"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}:{self.kind}"
