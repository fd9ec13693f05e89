"""The searchable SAT keys and the editions of the catalogues. The same for every company: directory tables."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q


class SatKeyQuerySet(models.QuerySet["SatKey"]):
    def alive(self, day: date) -> "SatKeyQuerySet":
        return self.filter(Q(hasta__isnull=True) | Q(hasta__gte=day), Q(desde__isnull=True) | Q(desde__lte=day))


class SatKey(models.Model):
    catalog = models.CharField(max_length=30)
    key = models.CharField(max_length=20)
    text = models.TextField(help_text="of a postal code: its place, and a line for each colonia")
    plain = models.TextField(help_text="lower case, no accents: what is searched")
    said = models.CharField(
        max_length=400, blank=True, default="", db_default="", help_text="what people call it, plain"
    )
    words = SearchVectorField(null=True)
    desde = models.DateField(null=True)
    hasta = models.DateField(null=True, help_text="its last day; null while it is alive")

    objects: ClassVar = SatKeyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["catalog", "key"], name="sat_key")]
        indexes = [
            GinIndex(fields=["words"], name="sat_key_words"),
            GinIndex(fields=["plain"], name="sat_key_trigrams", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.text}"


class Edition(models.Model):
    """Catalogues newer than the installed ones, adopted by a person. Kept for ever: documents name the one they obey."""

    version = models.CharField(max_length=80, unique=True)
    adopted_at = models.DateTimeField()
    source = models.CharField(max_length=200, help_text="the file it came from")
    digest = models.CharField(max_length=64, help_text="SHA-256 of its rows")
    rows = models.BinaryField(help_text="JSON packed by zlib: the rows of each catalogue by its SAT name")

    def __str__(self) -> str:
        return self.version
