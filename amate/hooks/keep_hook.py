"""A hook is added, changed, given another key, stopped, or told again from a day on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings

from amate.access.wished_key import secret_of_wish, shows_again
from amate.adapters.switch.signing import key_of
from amate.audit.record import record
from amate.companies.day import zone_of_company
from amate.companies.secrets import seal
from amate.hooks.kinds import KINDS
from amate.hooks.models import Event, EventHead, Hook
from amate.hooks.tell_hooks import owe_telling

KEY = "hook.key"
TAKEN = "Ya hay uno con ese nombre: ponle otro."


class BadHook(Exception):
    """Nothing was kept. `field` and the message (Spanish) say what to mend."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Said:
    name: str
    url: str
    kinds: Collection[str]


def add_hook(*, said: Said, wish: str, now: datetime) -> tuple[Hook, str]:
    """The hook and the key that its people copy once; it is told what happens from now on. Pressed twice it is one hook,
    and both answers show its key. Raises BadHook, KeyWasMade."""
    before = Hook.objects.filter(name=said.name.strip()).first()
    if before is not None and before.wish == wish:
        shows_again(before.key_made_at, now=now)
        return before, _key_of(wish)
    facts = _checked(said)
    if before is not None:
        raise BadHook("name", TAKEN)
    key = _key_of(wish)
    head = EventHead.objects.first()
    made = Hook.objects.create(
        **facts, secret=seal(key.encode(), field=KEY), wish=wish, key_made_at=now, created_at=now,
        told_seq=head.seq if head is not None else 0,
    )  # fmt: skip
    record("hook.added", about=f"hook:{made.pk}", now=now, name=made.name)
    return made, key


def change_hook(*, hook_id: int, said: Said, now: datetime) -> Hook:
    """Told again from where it stopped, if it was stopped. Raises BadHook, Hook.DoesNotExist."""
    found: Hook = Hook.locked(hook_id)
    facts = _checked(said)
    if Hook.objects.filter(name=facts["name"]).exclude(pk=found.pk).exists():
        raise BadHook("name", TAKEN)
    Hook.objects.filter(pk=found.pk).update(**facts, stopped_at=None, stopped_because="", said="")
    record("hook.changed", about=f"hook:{found.pk}", now=now, name=facts["name"])
    owe_telling([found.pk], now=now)
    changed: Hook = Hook.objects.get(pk=found.pk)
    return changed


def new_hook_key(*, hook_id: int, wish: str, now: datetime) -> str:
    """It signs beside the old one until the next new one. The answer is the only copy. Raises KeyWasMade,
    Hook.DoesNotExist."""
    found: Hook = Hook.locked(hook_id)
    if found.wish == wish:
        shows_again(found.key_made_at, now=now)
        return _key_of(wish)
    key = _key_of(wish)
    changed = {"old_secret": found.secret, "secret": seal(key.encode(), field=KEY), "wish": wish, "key_made_at": now}
    Hook.objects.filter(pk=found.pk).update(**changed)
    record("hook.key_changed", about=f"hook:{found.pk}", now=now, name=found.name)
    return key


def stop_hook(*, hook_id: int, now: datetime) -> Hook:
    """Nothing is told any more. Again changes nothing. Raises Hook.DoesNotExist."""
    found: Hook = Hook.locked(hook_id)
    if found.stopped_at is None:
        Hook.objects.filter(pk=found.pk).update(stopped_at=now, stopped_because="", said="")
        record("hook.stopped", about=f"hook:{found.pk}", now=now, name=found.name)
    return found


def replay_hook(*, hook_id: int, since: date, now: datetime) -> int:
    """Everything from that day of the company on is told again, in its order; what it had taken keeps its number. Answers
    how many there are to tell at most. Raises BadHook, Hook.DoesNotExist."""
    found: Hook = Hook.locked(hook_id)
    if found.stopped_at is not None:
        raise BadHook("since", "Está apagado: guárdalo otra vez para encenderlo, y luego repite.")
    start = datetime.combine(since, time.min, zone_of_company())
    first = Event.objects.filter(noted_at__gte=start, seq__isnull=False).order_by("seq").first()
    if first is None or first.seq is None or first.seq > found.told_seq:
        return 0
    Hook.objects.filter(pk=found.pk).update(told_seq=first.seq - 1, said="")
    record("hook.replayed", about=f"hook:{found.pk}", now=now, name=found.name, since=since.isoformat())
    owe_telling([found.pk], now=now)
    return Event.objects.filter(seq__gte=first.seq, seq__lte=found.told_seq, kind__in=found.kinds).count()


def _key_of(wish: str) -> str:
    return key_of(secret_of_wish(wish, purpose=KEY))


def _checked(said: Said) -> dict[str, object]:
    from amate.adapters.typed_url import UrlRefused, check  # it brings the client, which no page of the web needs

    name = said.name.strip()
    if not name:
        raise BadHook("name", "Ponle un nombre.")
    kinds = [one for one in KINDS if one in said.kinds]
    if not kinds:
        raise BadHook("kinds", "Elige de qué se le avisa.")
    try:
        check(said.url, private=frozenset(settings.PRIVATE_SWITCH_HOSTS))
    except UrlRefused as why:
        raise BadHook("url", str(why)) from why
    return {"name": name, "url": said.url, "kinds": kinds}
