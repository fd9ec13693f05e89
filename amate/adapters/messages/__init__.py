"""Telling people: a `Messenger` takes a finished message to the next server and says what became of it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content: bytes
    maintype: str
    subtype: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A finished mail. `message_id` is stable, so that mail programs show a repetition once."""

    message_id: str
    sender: str
    sender_name: str
    reply_to: str
    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


class BadAddress(Exception):
    """The next server refuses this recipient for good: a person must correct the address."""


class MessengerUnavailable(Exception):
    """The message did not leave, or nobody knows: send it again later under the same id."""


class Messenger(Protocol):
    async def send(self, message: Outgoing) -> None:
        """Hand it over. Raises BadAddress or MessengerUnavailable."""
