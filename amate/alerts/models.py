"""What staff were told by mail, and whether it still lasts."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from amate.tenancy.models import CompanyOwned, ScopedManager


class AlertQuerySet(models.QuerySet["Alert"]):
    def lasting(self) -> "AlertQuerySet":
        return self.filter(mended_at__isnull=True)


class Alert(CompanyOwned):
    """One cause from the moment it was seen until it is gone, however many invoices wait for it."""

    cause = models.CharField(max_length=60, help_text="as alerts.causes names it")
    raised_at = models.DateTimeField()
    told_at = models.DateTimeField(help_text="the last time")
    mended_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(AlertQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "cause"], condition=Q(mended_at__isnull=True), name="alert_lasting_cause"
            )
        ]

    def __str__(self) -> str:
        return self.cause
