"""The table of what is owed (DECISIONS B1)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from amate.tenancy.models import CompanyOwned, ScopedManager


class PromiseQuerySet(models.QuerySet["Promise"]):
    def open(self) -> "PromiseQuerySet":
        return self.filter(done_at__isnull=True)

    def given_up(self) -> "PromiseQuerySet":
        """What no retry will mend: a person must look."""
        return self.open().filter(next_try_at__isnull=True)

    def for_a_person(self) -> "PromiseQuerySet":
        """What a person must mend: given up, or tried again in vain until he does."""
        return self.open().filter(Q(next_try_at__isnull=True) | ~Q(alarm=""))

    def failing(self) -> "PromiseQuerySet":
        """Open promises whose last run failed, whether they will be tried again or not."""
        return self.open().exclude(last_error="")


class Promise(CompanyOwned):
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    args = models.JSONField(default=dict)
    queue = models.CharField(max_length=60)
    priority = models.IntegerField(default=0)
    asked = models.IntegerField(default=1)
    attempts = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    leased_by = models.BigIntegerField(null=True)
    nudged_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="", blank=True)
    alarm = models.CharField(
        max_length=20, default="", blank=True, help_text="what only a person can mend, while it goes on trying"
    )
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(PromiseQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "key"], condition=Q(done_at__isnull=True), name="promise_open_key"
            )
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(done_at__isnull=True), name="promise_due"),
            models.Index(
                fields=["leased_by"], condition=Q(done_at__isnull=True, leased_by__isnull=False), name="promise_leased"
            ),
            models.Index(fields=["company", "-id"], condition=Q(done_at__isnull=True), name="promise_open_company"),
        ]

    def __str__(self) -> str:
        return self.key
