"""Folios that no CFDI carries: every number of a series is a document or stands in this list (FEATURES 148, C7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, Window
from django.db.models.functions import Lag

from amate.companies.models import Series
from amate.invoices.models import ON_THE_WAY, Invoice

ON_ITS_WAY = "En camino: aún sin timbre"
REFUSED = "Rechazada o por corregir"
NEVER_GIVEN = "No se asignó"


@dataclass(frozen=True, slots=True)
class Void:
    """From `first` to `last`, both unused. `why` is for people. Of a number that a document has and no CFDI carries, that
    document and the instant when it was asked for."""

    serie: str
    first: int
    last: int
    why: str
    invoice_id: int | None = None
    asked_at: datetime | None = None

    @property
    def count(self) -> int:
        return self.last - self.first + 1


def voids_everywhere() -> Iterator[Void]:
    """Of every series of documents, by name and then by number. A bar begins the names of those that are of something else."""
    for serie in Series.objects.exclude(name__startswith="|").order_by("name").values_list("name", flat=True):
        yield from voids(serie=serie)


def voids(*, serie: str) -> list[Void]:
    """Of one series in order: what was refused keeps its number, what a restore left out was never given.

    The database looks for the gaps: of a series without any, nothing is read.
    """
    found: list[Void] = []
    numbered = Invoice.objects.filter(serie=serie, folio__isnull=False)
    before = numbered.annotate(before=Window(Lag("folio", default=0), order_by="folio"))
    seen = before.filter(Q(uuid__isnull=True) | Q(folio__gt=F("before") + 1)).order_by("folio")
    for folio, held, uuid, state, pk, asked_at in seen.values_list(
        "folio", "before", "uuid", "state", "pk", "created_at"
    ):
        assert folio is not None
        if folio > held + 1:
            found.append(Void(serie, held + 1, folio - 1, NEVER_GIVEN))
        if uuid is None:
            found.append(Void(serie, folio, folio, ON_ITS_WAY if state in ON_THE_WAY else REFUSED, pk, asked_at))
    highest = numbered.order_by("-folio").values_list("folio", flat=True).first() or 0
    last = Series.objects.filter(name=serie).values_list("last", flat=True).first() or 0
    if last > highest:
        found.append(Void(serie, highest + 1, last, NEVER_GIVEN))
    return found
