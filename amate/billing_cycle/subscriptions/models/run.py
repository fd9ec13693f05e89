"""Runs of billing as people look at them, and who waits for a person. The truth of what was billed are the periods."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from amate.customers.models import Customer
from amate.tenancy.models import CompanyOwned, ScopedManager, Stateful


class RunState(models.TextChoices):
    REVIEW = "review", "Por revisar"
    RUNNING = "running", "En marcha"
    DONE = "done", "Terminada"


class BillingRun(Stateful):
    """One day's billing of a company; `reviewed` are the plans that wait for a person's word."""

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        RunState.REVIEW: frozenset({RunState.RUNNING, RunState.DONE}),
        RunState.RUNNING: frozenset({RunState.DONE}),
        RunState.DONE: frozenset(),
    }

    day = models.DateField()
    reviewed = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=RunState.choices)
    customers = models.PositiveIntegerField(help_text="who had something to bill when it was planned")
    foretold = models.PositiveIntegerField(default=0, help_text="charges that were expected")
    foretold_total = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    planned_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "day", "reviewed"], name="one_run_a_day")]

    def __str__(self) -> str:
        return f"{self.day}"


class BillingBatch(CompanyOwned):
    """Up to a hundred customers of a run, billed in one transaction: the step that is done or not."""

    run = models.ForeignKey(BillingRun, on_delete=models.PROTECT, related_name="batches")
    number = models.PositiveIntegerField()
    customer_ids = ArrayField(models.BigIntegerField())
    charges = models.PositiveIntegerField(default=0)
    receivables = models.PositiveIntegerField(default=0)
    drafts = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    parked = models.PositiveIntegerField(default=0)
    total = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "run", "number"], name="batch_number")]

    def __str__(self) -> str:
        return f"{self.run_id}.{self.number}"


class ParkingQuerySet(models.QuerySet["Parking"]):
    def open(self) -> "ParkingQuerySet":
        return self.filter(cleared_at__isnull=True)


class Parking(CompanyOwned):
    """Nothing more is billed to this customer until a person has looked: payments and reactivations go on."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    error = models.CharField(max_length=400, help_text="for people, with what to do")
    trace = models.TextField(blank=True, default="")
    parked_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(ParkingQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "customer"], condition=Q(cleared_at__isnull=True), name="one_open_parking"
            )
        ]

    def __str__(self) -> str:
        return self.error

    @classmethod
    def make_way(cls, *, kept_id: int, merged_id: int, now: datetime) -> None:
        """Both parked: one look frees who remains (`customers.merge`)."""
        if cls.objects.open().filter(customer_id=kept_id).exists():
            cls.objects.open().filter(customer_id=merged_id).update(cleared_at=now)
