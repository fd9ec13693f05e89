"""A provider tells what became of a mail: kept once, believed only of a mail of the open company."""

from datetime import datetime

from amate.adapters.messages import Cause
from amate.adapters.messages.notices import MailNotice, NoticeKind
from amate.messages.models import Message, Notice
from amate.tenancy.writes import insert_unless_there

_STATES = {
    NoticeKind.DELIVERED: Message.State.DELIVERED,
    NoticeKind.BOUNCED: Message.State.BOUNCED,
    NoticeKind.COMPLAINED: Message.State.COMPLAINED,
}


def take_notice(*, notice: MailNotice, now: datetime) -> bool:
    """Note it and move the message. False: it is of no mail of ours, or was told before."""
    found = _message_of(notice)
    if found is None:
        return False
    message = Message.locked(found)
    if notice.recipient and notice.recipient.lower() != message.to.lower():
        return False
    moment = notice.at if notice.at is not None and notice.at.tzinfo is not None and notice.at <= now else now
    row = Notice(key=notice.key, message=message, kind=notice.kind.value, at=moment, why=notice.why)
    if not insert_unless_there(row):
        return False
    state = _STATES.get(notice.kind)
    if state is not None and state in message.MOVES[message.state]:
        dead = state in Message.DEAD
        cause = Cause.ADDRESS.value if dead else ""
        sent_at = message.sent_at or moment
        message.move_to(state, told_at=moment, sent_at=sent_at, error=notice.why if dead else "", cause=cause)
    return True


def _message_of(notice: MailNotice) -> int | None:
    """By our own mark; by the provider's name for it where marks do not come back."""
    rows = Message.objects.all()
    if notice.mark:
        return rows.filter(pk=int(notice.mark)).values_list("pk", flat=True).first() if _is_id(notice.mark) else None
    if not notice.provider_id:
        return None
    return rows.filter(provider_id=notice.provider_id[:200]).values_list("pk", flat=True).first()


def _is_id(mark: str) -> bool:
    return mark.isascii() and mark.isdecimal() and len(mark) <= 18
