"""A mail that went astray is taken care of: its document goes elsewhere, or somebody says that it need not."""

from datetime import datetime

from amate.audit.record import record
from amate.messages.models import Message
from amate.promises.lease import withdraw


def attend_astray(*, about: str, now: datetime) -> int:
    """Everything of `about` that went astray is taken care of, and none of it is owed any more. Answers how many."""
    return _attend(list(Message.objects.astray().filter(about=about).values_list("pk", "key")), now=now)


def let_be(*, message_id: int, now: datetime) -> bool:
    """A person says that it need not reach anybody. False: it is not astray, or not any more."""
    done = _attend(list(Message.objects.astray().filter(pk=message_id).values_list("pk", "key")), now=now)
    if done:
        record("mail.let_be", about=f"message:{message_id}", now=now)
    return bool(done)


def let_be_no_more(*, message_id: int, now: datetime) -> bool:
    """Taken back: it asks for somebody again. False: it did not go astray, or nobody had let it be."""
    dead = Message.objects.filter(pk=message_id, state__in=Message.DEAD, attended_at__isnull=False)
    if not dead.update(attended_at=None):
        return False
    record("mail.let_be_no_more", about=f"message:{message_id}", now=now)
    return True


def _attend(found: list[tuple[int, str]], *, now: datetime) -> int:
    if not found:
        return 0
    withdraw([key for _, key in found], now=now)
    return int(Message.objects.filter(pk__in=[pk for pk, _ in found]).update(attended_at=now))
