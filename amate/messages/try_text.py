"""A trial text: the company's gateway proved from end to end, and told in words."""

from datetime import datetime

from amate.adapters.messages import Cause
from amate.adapters.messages.sms import Text, telephone
from amate.audit.record import record
from amate.messages.models import TextMessage, TextSettings
from amate.messages.text_bound import note_spent
from amate.messages.texts import TextsSpent, claim_text
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise

KIND = "test"
ABOUT = "texts:test"


def promise_trial_text(*, to: str, now: datetime) -> None:
    """Owe it: once a minute and version of the settings, so that a double click is one message paid. Raises BadAddress."""
    to = telephone(to)
    version = TextSettings.objects.values_list("version", flat=True).first() or 0
    key = f"text_test:{version}:{int(now.timestamp()) // 60}:{to}"
    promise("try_text", key=key, now=now, priority=SOMEBODY_WAITS, to=to, message=key)
    record("texts.tried", about=ABOUT, now=now, to=to)


def prepare_trial_text(*, to: str, key: str, now: datetime) -> tuple[TextMessage, Text] | None:
    """Claimed for sending, once a key. None: it left before, or the month has no room for it, and the row says so."""
    try:
        return claim_text(key=key, kind=KIND, about=ABOUT, phone=to, facts={}, now=now)
    except TextsSpent as spent:
        note_spent(now=now)
        message = TextMessage.objects.create(
            key=key, kind=KIND, about=ABOUT, to=to, text="", segments=0, created_at=now, claimed_at=now
        )
        message.move_to(TextMessage.State.SENDING)
        message.move_to(TextMessage.State.REFUSED, error=str(spent))
        return None


def record_trial_failed(*, message_id: int, error: str, cause: Cause) -> None:
    """A trial is not sent again: what it found is what was asked."""
    state = TextMessage.State.UNKNOWN if cause == Cause.SILENT else TextMessage.State.REFUSED
    TextMessage.locked(message_id).move_to(state, error=error)
