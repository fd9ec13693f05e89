"""A test mail: the company's settings proved from end to end, and told in words."""

from datetime import datetime

from amate.adapters.messages import Outgoing
from amate.audit.record import record
from amate.messages.mail import claim_mail, outgoing
from amate.messages.models import MailSettings, Message
from amate.messages.way import Way
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise

KIND = "test"
ABOUT = "mail:test"


def promise_test_mail(*, to: str, now: datetime) -> None:
    """Owe it: once a minute and version of the settings, so that a double click is one wish."""
    version = MailSettings.objects.values_list("version", flat=True).first() or 0
    key = f"mail_test:{version}:{int(now.timestamp()) // 60}:{to}"[:120]
    promise("try_mail", key=key, now=now, priority=SOMEBODY_WAITS, to=to, message=key)
    record("mail.tried", about="mail:test", now=now, to=to)


def prepare_test_mail(*, to: str, key: str, way: Way, now: datetime) -> tuple[int, Outgoing] | None:
    """Write the message (once a key) and claim it for sending. None: it was sent before."""
    message = claim_mail(key=key, kind=KIND, about=ABOUT, to=to, facts={"way": way}, way=way, now=now)
    return None if message is None else (message.pk, outgoing(message, way=way))


def record_test_failed(*, message_id: int, error: str, cause: str, now: datetime) -> None:
    """A test is not tried again: what it found is what was asked. It needs nobody's care either."""
    Message.locked(message_id).move_to(Message.State.REFUSED, error=error, cause=cause, attended_at=now)
