"""A person says what the columns of a source mean; the file is read again with it."""

from collections.abc import Mapping
from datetime import datetime

from amate.audit.record import record
from amate.intake.columns import FIELDS
from amate.intake.models import Batch
from amate.intake.options import Options
from amate.intake.upload import ask_reading


def remap_batch(*, batch_id: int, mapping: Mapping[str, str], options: Options, sheet: str, now: datetime) -> Batch:
    """Keep it with the source, for its next files too, and owe a new dry run. Raises IllegalMove."""
    batch = Batch.locked(batch_id)
    source = batch.source
    known = {one.name for one in FIELDS[source.kind]}
    source.mapping = {field: column for field, column in mapping.items() if field in known and column}
    source.options, source.changed_at = options.as_json(), now
    source.save(update_fields=["mapping", "options", "changed_at"])
    batch.now_in(Batch.State.UPLOADED, now=now, sheet=sheet, counts={}, errors=[], fault="", progress=0)
    record("batch.mapped", about=f"batch:{batch.pk}", now=now, source=source.name)
    ask_reading(batch, now=now)
    return batch
