"""The rows of the audit."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from amate.tenancy.models import CompanyOwned, ScopedManager


class ActorKind(models.TextChoices):
    PERSON = "person", "Persona"
    KEY = "key", "Clave de API"
    VISITOR = "visitor", "Visitante del portal"
    SYSTEM = "system", "Sistema"


class EntryQuerySet(models.QuerySet["Entry"]):
    def unchained(self) -> "EntryQuerySet":
        return self.filter(seq__isnull=True)


class Entry(CompanyOwned):
    """One act. Written once; only the link of the chain is added afterwards (DECISIONS C12)."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    actor = models.CharField(max_length=254, help_text="the person's mail, the key's prefix and name; empty for others")
    request_id = models.CharField(max_length=64, blank=True, default="")
    act = models.CharField(max_length=60, help_text="dotted, in the past: `ticket.locked`")
    family = models.CharField(max_length=60, help_text="what stands before the first dot of the act, to be filtered by")
    about = models.CharField(max_length=120, help_text="`ticket:12`; empty when it is about the company as a whole")
    detail = models.JSONField(default=dict)
    seq = models.BigIntegerField(null=True)
    digest = models.BinaryField(max_length=32, null=True)

    objects: ClassVar = ScopedManager.from_queryset(EntryQuerySet)()

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["company", "seq"], name="audit_seq"),
            models.CheckConstraint(
                condition=Q(seq__isnull=True, digest__isnull=True) | Q(seq__isnull=False, digest__isnull=False),
                name="audit_link_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="audit_newest"),
            models.Index(fields=["company", "about", "-id"], name="audit_about"),
            models.Index(fields=["company", "actor", "-id"], name="audit_actor"),
            models.Index(fields=["company", "family", "-id"], name="audit_family"),
            models.Index(fields=["company", "-at", "-id"], name="audit_at"),
            models.Index(fields=["company", "id"], condition=Q(seq__isnull=True), name="audit_unchained"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.about}"


class ChainHead(CompanyOwned):
    """The last link of a company's chain: the lock of those who chain, and the proof that no link at the end is gone."""

    seq = models.BigIntegerField(default=0)
    digest = models.BinaryField(max_length=32)
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="one_chain_a_company")]

    def __str__(self) -> str:
        return f"{self.company_id}:{self.seq}"
