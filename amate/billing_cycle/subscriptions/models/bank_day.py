"""What a company knows of banks that the calendar does not."""

from django.db import models

from amate.tenancy.models import CompanyOwned


class BankDay(CompanyOwned):
    """A day on which its bank does not work, or works although the calendar says otherwise."""

    day = models.DateField()
    closed = models.BooleanField(default=True)
    why = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "day"], name="bank_day")]

    def __str__(self) -> str:
        return f"{self.day}"
