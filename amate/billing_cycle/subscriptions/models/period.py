"""What was billed of a subscription: the guard against twice and never."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from amate.billing_cycle.subscriptions.models.subscription import Subscription, days
from amate.ledger.models import Charge
from amate.tenancy.models import CompanyOwned


class PeriodState(models.TextChoices):
    CHARGED = "charged", "Cobrado"
    SKIPPED = "skipped", "Sin servicio"
    WAIVED = "waived", "Sin costo"


class Period(CompanyOwned):
    """The days [starts_on, ends_on) of period `k`. Written once; only a pause that moves the
    calendar shortens it, to where the new one may begin."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="periods")
    k = models.IntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=10, choices=PeriodState.choices)
    is_stub = models.BooleanField(default=False)
    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=200, blank=True, default="", help_text="why it was not charged, for people")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "subscription", "k"], name="one_period_a_number"),
            models.UniqueConstraint(fields=["company", "subscription", "starts_on"], name="one_period_a_start"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="period_has_days"),
            models.CheckConstraint(
                condition=Q(state="charged", charge__isnull=False) | ~Q(state="charged") & Q(charge__isnull=True),
                name="period_charged_has_charge",
            ),
            ExclusionConstraint(
                name="periods_do_not_overlap",
                expressions=[
                    ("subscription", RangeOperators.EQUAL),
                    (days("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}:{self.k}"
