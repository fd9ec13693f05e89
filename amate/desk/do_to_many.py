"""Working through the rows of a run, some at a time, so that a run that is cut off goes on where it stood."""

from datetime import datetime

from amate.access.models import Membership
from amate.audit.record import record
from amate.desk.acts import ACTS, LeftOut
from amate.desk.models import Run
from amate.tenancy.scope import open_company

AT_ONCE = 50
GONE = "ya no trabaja aquí quien lo pidió"


def do_some(*, run_id: int, now: datetime) -> bool:
    """Act on the next rows, in the transaction that also remembers how far it came. True while there are more.

    Whoever calls it says who acts: the person who asked.
    """
    run = Run.locked(run_id)
    act = ACTS[run.act]
    if not run.is_working or act.do is None:
        return False
    rows = run.ids[run.through : run.through + AT_ONCE]
    done, left = run.counts["done"], dict(run.counts["left"])
    if not Membership.objects.filter(company_id=open_company(), user__email=run.asked_by).exists():
        rows = run.ids[run.through :]
        left[GONE] = len(rows)
    for row_id in rows if GONE not in left else ():
        try:
            act.do(row_id, run.said, now)
        except LeftOut as why:
            left[str(why)] = left.get(str(why), 0) + 1
        else:
            done += 1
    run.through += len(rows)
    run.counts = {"done": done, "left": left}
    run.save(update_fields=["through", "counts"])
    if run.through < len(run.ids):
        return True
    run.finish(now=now)
    record("run.done", about=f"run:{run.pk}", now=now, what=run.act, done=done, left=sum(left.values()))
    return False
