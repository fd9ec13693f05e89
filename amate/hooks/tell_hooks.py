"""What each hook has not been told yet, one after the other: nothing is passed over, nothing told before its time.

A hook that does not answer waits, and goes on where it was: while it is away nothing is lost, and nothing overtakes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from amate.companies.secrets import unseal
from amate.hooks.facts import facts_of
from amate.hooks.models import Event, EventHead, Hook
from amate.promises.kinds import BATCH
from amate.promises.promise import promise_all
from amate.tenancy.writes import insert_unless_there

KIND = "tell_hook"
KEPT = timedelta(days=30)
AT_ONCE = 1000

PLACE = """
UPDATE hooks_event AS e SET seq = w.seq FROM unnest(%s::bigint[], %s::bigint[]) AS w(id, seq)
WHERE e.id = w.id AND e.seq IS NULL
"""


@dataclass(frozen=True, slots=True)
class Telling:
    """`message_id` is the same each time that it is told."""

    hook_id: int
    url: str
    keys: tuple[str, ...]
    private: frozenset[str]
    seq: int
    message_id: str
    said: dict[str, Any]


def companies_told() -> list[int]:
    """Companies with somebody to tell. Asked outside any scope; the database tells ids and nothing else."""
    with connection.cursor() as c:
        c.execute("SELECT company_id FROM hooks_companies()")
        return [int(company_id) for (company_id,) in c.fetchall()]


def give_places(*, now: datetime) -> int:
    """What happened gets its place in the line, and every hook that lacks something is owed it. Answers how many."""
    if not Hook.objects.told().exists():
        return 0
    if not EventHead.objects.exists():  # inserting in vain would wait for whoever holds the row
        insert_unless_there(EventHead(seq=0))
    head: EventHead | None = EventHead.objects.select_for_update(skip_locked=True, no_key=True).first()
    if head is None:
        return 0
    # In a statement of its own, after the lock: it sees what the last holder placed.
    ids = list(Event.objects.filter(seq__isnull=True).order_by("id").values_list("pk", flat=True)[:AT_ONCE])
    if ids:
        with connection.cursor() as c:
            c.execute(PLACE, [ids, list(range(head.seq + 1, head.seq + 1 + len(ids)))])
        EventHead.objects.filter(pk=head.pk).update(seq=head.seq + len(ids))
    behind = Hook.objects.told().filter(told_seq__lt=head.seq + len(ids)).order_by("id")
    owe_telling(list(behind.values_list("pk", flat=True)), now=now)
    return len(ids)


def owe_telling(hook_ids: Collection[int], *, now: datetime) -> None:
    wanted = {f"{KIND}:{pk}": {"hook_id": pk} for pk in hook_ids}
    promise_all(kind=KIND, wanted=wanted, now=now, priority=BATCH)


def next_to_tell(*, hook_id: int) -> Telling | None:
    """None: it has been told everything, or it is stopped. Raises `companies.secrets.WrongMasterKey`."""
    hook = Hook.objects.told().filter(pk=hook_id).first()
    if hook is None:
        return None
    while True:
        waiting = Event.objects.filter(seq__gt=hook.told_seq, kind__in=hook.kinds).order_by("seq")
        event = waiting.first()
        if event is None or event.seq is None:
            _pass_over_the_rest(hook)
            return None
        data = facts_of(event)
        if data is not None:
            break
        hook.told_seq = event.seq  # of nothing that is there any more
    sealed = [bytes(one) for one in (hook.secret, hook.old_secret) if one]
    return Telling(
        hook_id=hook.pk,
        url=hook.url,
        keys=tuple(unseal(one, field="hook.key").decode() for one in sealed),
        private=frozenset(settings.PRIVATE_SWITCH_HOSTS),
        seq=event.seq,
        message_id=f"amate-{hook.company_id}-{event.seq}",
        said={"type": event.kind, "timestamp": event.noted_at.isoformat(), "seq": event.seq, "data": data},
    )


def record_told(*, telling: Telling, now: datetime) -> None:
    """It took it. One that was set back meanwhile stays where it was set."""
    Hook.objects.filter(pk=telling.hook_id, told_seq__lt=telling.seq).update(told_seq=telling.seq, told_at=now, said="")


def record_not_told(*, telling: Telling, said: str, gone: bool, now: datetime) -> None:
    """`gone`: it asked to be told nothing more."""
    stopped = {"stopped_at": now, "stopped_because": said[:200]} if gone else {}
    Hook.objects.filter(pk=telling.hook_id).update(said=said[:300], **stopped)


def forget_events(*, now: datetime) -> int:
    """After a month nobody is told again."""
    count, _ = Event.objects.filter(noted_at__lt=now - KEPT).delete()
    return int(count)


def _pass_over_the_rest(hook: Hook) -> None:
    """What it did not ask for is behind it too."""
    head = EventHead.objects.first()
    unplaced = Event.objects.filter(seq__gt=hook.told_seq, kind__in=hook.kinds).exists()
    if head is not None and not unplaced and head.seq > hook.told_seq:
        Hook.objects.filter(pk=hook.pk, told_seq__lt=head.seq).update(told_seq=head.seq)
