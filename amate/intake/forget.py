"""Files that nobody registered within a week lose their bytes."""

from datetime import datetime, timedelta

from amate.intake.models import Batch, Piece
from amate.intake.past.forget import forget_past

KEPT = timedelta(days=7)


def forget_old_files(*, now: datetime) -> int:
    """How many batches expired. Their verdict stays in the history."""
    waiting = Batch.objects.filter(state__in=[Batch.State.ASKING, Batch.State.READ], state_since__lt=now - KEPT)
    old = list(waiting)
    for batch in old:
        batch.now_in(Batch.State.EXPIRED, now=now)
    forget_past(batch_ids=[batch.pk for batch in old])
    Piece.objects.filter(batch__in=old).delete()
    return len(old)
