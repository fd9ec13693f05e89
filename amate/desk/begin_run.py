"""The worker begins a run: from here on its page can tell how long it takes."""

from datetime import datetime

from amate.desk.make_file import asked_by
from amate.desk.models import Run


def begin_run(*, run_id: int, now: datetime) -> None:
    """Begun before, nothing changes. Of a list that becomes a file, the rows are counted now: a page never counts them."""
    run = Run.locked(run_id)
    if not run.is_working or run.began_at is not None:
        return
    run.began_at = now
    run.total = run.total or asked_by(run, now=now).rows().count()
    run.save(update_fields=["began_at", "total"])
