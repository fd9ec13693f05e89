"""The clock of a company that only tries things out: how far ahead it stands, and where it is on its way to."""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from amate.tenancy.models import CompanyOwned

NOTHING = timedelta()


class SandboxClock(CompanyOwned):
    """A real company has none: `sandbox` is true, and (company, sandbox) is a key of the company's own row. It never goes
    back. While `going_to` is set the worker lives through the days until then."""

    sandbox = models.BooleanField(default=True)
    ahead = models.DurationField(default=NOTHING)
    going_to = models.DateField(null=True, help_text="the day it is on its way to; null: it stands at `ahead`")
    began_at = models.DateTimeField(null=True, help_text="the company's own time when the last jump began")
    moved_at = models.DateTimeField(help_text="real time of its last step")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company"], name="one_clock_a_company"),
            models.CheckConstraint(condition=Q(sandbox=True), name="clock_of_a_sandbox"),
            models.CheckConstraint(condition=Q(ahead__gte=NOTHING), name="clock_never_behind"),
        ]

    def __str__(self) -> str:
        return f"{self.ahead} ahead"


def clock_of(company_id: int) -> timedelta:
    """How far the clock of this company, whose scope is open, is ahead of ours."""
    found: timedelta | None = SandboxClock.objects.filter(company_id=company_id).values_list("ahead", flat=True).first()
    return NOTHING if found is None else found
