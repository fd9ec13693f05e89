"""A person says yes to work on many rows, or asks for a file: it is owed, once."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from amate.audit.record import Actor, record
from amate.desk.acts import ACTS
from amate.desk.do_to_many import AT_ONCE, do_some
from amate.desk.listing import Asked
from amate.desk.models import Run
from amate.desk.month_pack import MONTH, Month, stamps_of
from amate.desk.preview import Preview
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.tenancy.writes import insert_unless_there

UNDONE_WITHIN = timedelta(seconds=10)  # no mail comes back: a finger that slipped has this long (FACE PAT-6)
FILES = ("xlsx", "csv")


def ask_act(
    *,
    act: str,
    asked: Asked,
    preview: Preview,
    said: dict[str, str],
    token: UUID,
    owner_id: int,
    who: Actor,
    now: datetime,
) -> Run:
    """Act on the rows of the preview: on some at once, on many as a promise, by mail after UNDONE_WITHIN. The same
    `token` again answers the run that it became, and does nothing."""
    run = _run(act, asked, token=token, owner_id=owner_id, who=who, now=now)
    run.ids, run.said = preview.ids, said
    run.total = len(preview.ids)
    run.counts, run.left_out = {"done": 0, "left": dict(preview.left)}, preview.left_out
    if not _keep(run, now=now):
        return _kept(run)
    if ACTS[act].mails:
        _owe(run, "do_to_many", now=now, at=now + UNDONE_WITHIN)
    elif ACTS[act].do is None or len(run.ids) > AT_ONCE:
        _owe(run, "do_to_many" if ACTS[act].do else "make_file", now=now)
    else:
        do_some(run_id=run.pk, now=now)
    return run


def ask_file(*, kind: str, asked: Asked, token: UUID, owner_id: int, who: Actor, now: datetime) -> Run:
    """Owe a file of the whole list as it is narrowed. `kind`: one of FILES."""
    run = _run(kind, asked, token=token, owner_id=owner_id, who=who, now=now)
    run.said = {"codes": "1"} if asked.at.sees_codes else {}
    if not _keep(run, now=now):
        return _kept(run)
    _owe(run, "make_file", now=now)
    return run


def ask_month(*, month: Month, zone: ZoneInfo, token: UUID, owner_id: int, who: Actor, now: datetime) -> Run:
    """Owe the accountant's pack of a month."""
    run = Run(
        token=token,
        act=MONTH,
        listing="facturas",
        zone=zone.key,
        said={"month": str(month)},
        total=len(stamps_of(month)),
        state_since=now,
        owner_id=owner_id,
        asked_by=who.name,
        request_id=who.request_id,
        asked_at=now,
    )
    if not _keep(run, now=now):
        return _kept(run)
    _owe(run, "make_file", now=now)
    return run


def _run(act: str, asked: Asked, *, token: UUID, owner_id: int, who: Actor, now: datetime) -> Run:
    return Run(
        token=token,
        act=act,
        listing=asked.listing.name,
        query=asked.query,
        zone=asked.at.zone.key,
        state_since=now,
        owner_id=owner_id,
        asked_by=who.name,
        request_id=who.request_id,
        asked_at=now,
    )


def _keep(run: Run, *, now: datetime) -> bool:
    if not insert_unless_there(run):
        return False
    count = {"count": len(run.ids)} if run.act in ACTS else {}
    record("run.asked", about=f"run:{run.pk}", now=now, what=run.act, listing=run.listing, query=run.query, **count)
    return True


def _kept(run: Run) -> Run:
    return Run.objects.get(token=run.token)


def _owe(run: Run, kind: str, *, now: datetime, at: datetime | None = None) -> None:
    promise(kind, key=f"run:{run.pk}", now=now, at=at, priority=SOMEBODY_WAITS, run_id=run.pk)
