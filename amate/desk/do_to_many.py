"""Working through the rows of a run, some at a time, so that a run that is cut off goes on where it stood."""

from datetime import datetime

from amate.access.models import Membership
from amate.audit.record import record
from amate.desk.acts import ACTS, Act, Do, LeftOut
from amate.desk.models import Run
from amate.tenancy.scope import open_company

AT_ONCE = 50
GONE = "quien lo pidió ya no puede hacerlo"
PROGRESS = ["through", "counts", "left_out"]
STOPPED = "se detuvo antes de llegar a ellas"


def do_some(*, run_id: int, now: datetime) -> bool:
    """Act on the next rows, in the transaction that also remembers how far it came. True while there are more.

    Whoever calls it says who acts: the person who asked.
    """
    run = Run.locked(run_id)
    act = ACTS[run.act]
    if not run.is_working or act.do is None:
        return False
    if _may_still(run.owner_id, act):
        _act(run, act.do, now)
    else:
        run.leave_the_rest(GONE)
    run.save(update_fields=PROGRESS)
    if run.through < len(run.ids):
        return True
    run.finish(now=now)
    counts = {"done": run.counts["done"], "left": sum(run.counts["left"].values())}
    record("run.done", about=f"run:{run.pk}", now=now, what=run.act, **counts)
    return False


def _act(run: Run, do: Do, now: datetime) -> None:
    rows = run.ids[run.through : run.through + AT_ONCE]
    for row_id in rows:
        try:
            do(row_id, run.said, now)
        except LeftOut as why:
            run.leave_out(str(why), [row_id])
        else:
            run.counts["done"] += 1
    run.through += len(rows)


def stop_run(*, run_id: int, now: datetime) -> Run:
    """A person stops it: what is done stays done, the rest stays untouched. Stopped or finished before, nothing changes."""
    run = Run.locked(run_id)
    act = ACTS.get(run.act)
    if run.is_working and act is not None and act.do is not None:
        run.leave_the_rest(STOPPED)
        run.save(update_fields=PROGRESS)
        run.finish(now=now)
        record("run.stopped", about=f"run:{run.pk}", now=now, what=run.act, done=run.counts["done"])
    return run


def _may_still(user_id: int | None, act: Act) -> bool:
    """Nothing is done in the name of who was let go meanwhile, or has another role now."""
    if user_id is None:
        return False
    found = Membership.objects.filter(company_id=open_company(), user_id=user_id, role__in=act.may)
    return bool(found.exists())
