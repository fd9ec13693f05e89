"""`record()`: note an act, in the transaction of the act itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amate.audit.models import ActorKind, Entry
from amate.tenancy.writes import insert_unless_there


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `name` as `Entry.actor` keeps it: of a person the mail, which may be somebody else's tomorrow, while
    `person_id` stays hers."""

    kind: ActorKind
    name: str = ""
    request_id: str = ""
    person_id: int | None = None


SYSTEM = Actor(ActorKind.SYSTEM)
_acting: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Everything recorded inside was done by `actor`. Only the edges (web, cli) open it; outside it the system acts."""
    token = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(token)


def acting_person() -> int | None:
    """Whose act it is, where that matters later; None for keys, visitors and the system."""
    return _acting.get().person_id


def record(act: str, *, about: str, now: datetime, **detail: Any) -> Entry:
    """Note that `act` was done, inside the company's scope. `detail` is JSON; never a secret, a code or a key."""
    who = _acting.get()
    entry = Entry(
        at=now,
        actor_kind=who.kind,
        actor=who.name,
        request_id=who.request_id,
        act=act,
        family=act.partition(".")[0],
        about=about,
        detail=detail,
    )
    insert_unless_there(entry)
    return entry
