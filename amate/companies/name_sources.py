"""What customers call the places that sell: a till's own id means nothing to them."""

from collections.abc import Mapping
from datetime import datetime

from amate.audit.record import record
from amate.companies.models import Emisor

LONGEST_LABEL = 60


def name_sources(*, labels: Mapping[str, str], now: datetime) -> None:
    """{source: label}, of the company wherever its rules name that source; other sources keep theirs.

    A label is what follows "compras de": "la caja principal".
    """
    emisor = Emisor.locked(Emisor.objects.get().pk)
    if any(not 0 < len(label) <= LONGEST_LABEL for label in labels.values()):
        raise ValueError(f"a label has 1 to {LONGEST_LABEL} characters")
    changed = {source: label for source, label in labels.items() if emisor.source_labels.get(source) != label}
    if not changed:
        return
    Emisor.objects.filter(pk=emisor.pk).update(source_labels=emisor.source_labels | changed)
    record("emisor.sources_named", about="", now=now, labels=changed)
