"""Whom we tell, and what there is to tell."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from amate.tenancy.models import CompanyOwned, ScopedManager


class HookQuerySet(models.QuerySet["Hook"]):
    def told(self) -> "HookQuerySet":
        """Those that are told."""
        return self.filter(stopped_at__isnull=True)


class Hook(CompanyOwned):
    """An address of the business that is told what happens. `told_seq`: it has taken everything up to there; set back, it is
    told again. Its keys are sealed (`companies.secrets`)."""

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=30))
    secret = models.BinaryField()
    old_secret = models.BinaryField(null=True, help_text="while the key is being changed both sign")
    wish = models.CharField(max_length=32, help_text="of the page that made the key")
    key_made_at = models.DateTimeField()
    told_seq = models.BigIntegerField(default=0)
    told_at = models.DateTimeField(null=True, help_text="when it last took one")
    said = models.CharField(max_length=300, blank=True, default="", help_text="its last answer, if it took none")
    stopped_at = models.DateTimeField(null=True)
    stopped_because = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()

    objects: ClassVar = ScopedManager.from_queryset(HookQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="hook_name"),
            models.CheckConstraint(condition=~Q(url=""), name="hook_has_address"),
        ]

    def __str__(self) -> str:
        return self.name


class Event(CompanyOwned):
    """Something happened to a row. Written by triggers, so that no act can forget it, and only while somebody is told; what it
    is by now is read when it is told. `seq` is given afterwards: an event whose transaction committed late comes after
    younger ones, and none is passed over."""

    kind = models.CharField(max_length=30)
    about = models.BigIntegerField(help_text="the row's id")
    noted_at = models.DateTimeField()
    seq = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "seq"], name="event_seq")]
        indexes = [
            models.Index(fields=["company", "id"], condition=Q(seq__isnull=True), name="event_without_place"),
            models.Index(fields=["company", "noted_at"], name="event_noted"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.about}"


class EventHead(CompanyOwned):
    """The last place given: the lock of those who give places."""

    seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="one_line_of_events_a_company")]

    def __str__(self) -> str:
        return f"{self.company_id}:{self.seq}"
