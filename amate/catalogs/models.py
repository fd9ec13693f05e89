"""The searchable SAT keys. The same for every company, so a directory table without policy."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SatKey(models.Model):
    catalog = models.CharField(max_length=30)
    key = models.CharField(max_length=20)
    text = models.CharField(max_length=400)
    plain = models.CharField(max_length=400, help_text="lower case, no accents: what is searched")
    words = SearchVectorField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["catalog", "key"], name="sat_key")]
        indexes = [
            GinIndex(fields=["words"], name="sat_key_words"),
            GinIndex(fields=["plain"], name="sat_key_trigrams", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.text}"
