"""A link that opens one invoice."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from amate.invoices.models.invoice import Invoice
from amate.tenancy.models import CompanyOwned, ScopedManager


class DownloadLinkQuerySet(models.QuerySet["DownloadLink"]):
    def standing(self) -> "DownloadLinkQuerySet":
        """Not taken back. An expired one opens nothing, but mails another to whom it was mailed before."""
        return self.filter(revoked_at__isnull=True)


class DownloadLink(CompanyOwned):
    """What the link in one mail opens, until it expires or somebody takes it back. Its seed alone opens nothing."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="links")
    key = models.CharField(max_length=120, help_text="of the mail that carries it")
    correo = models.EmailField(help_text="whom it was mailed to")
    seed = models.CharField(max_length=64)
    token_digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(DownloadLinkQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="download_link_key"),
            models.UniqueConstraint(fields=["company", "token_digest"], name="download_link_token"),
        ]

    def __str__(self) -> str:
        return f"enlace {self.pk}"

    def opens(self, now: datetime) -> bool:
        return bool(self.revoked_at is None and self.expires_at > now)
