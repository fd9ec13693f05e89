"""Telling people: a `Messenger` takes a finished message to the next server and says what became of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Attachment:
    """`cid`: it is a picture that the HTML shows as `cid:…`, not a file to keep."""

    name: str
    content: bytes
    maintype: str
    subtype: str
    cid: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A finished mail. `message_id` is stable, so that mail programs show a repetition once; `mark` is our own name for
    it, which a provider hands back with its notices."""

    message_id: str
    sender: str
    sender_name: str
    reply_to: str
    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    mark: str = ""


class Tls(StrEnum):
    STARTTLS = "starttls"
    FROM_THE_START = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailAccount:
    """How a company's mails leave. `way` is SMTP or a code of `providers.PROVIDERS`; of the rest each way reads its own."""

    way: str
    host: str = ""
    port: int = 0
    tls: str = Tls.STARTTLS
    user: str = ""
    secret: str = field(default="", repr=False)
    domain: str = ""
    region: str = ""


SMTP = "smtp"


class Cause(StrEnum):
    """Why a mail did not leave: for the words that tell it, and for who must mend it."""

    ADDRESS = "address"  # this recipient, for good
    LOGIN = "login"
    TLS = "tls"
    SENDER = "sender"
    PRIVATE = "private"  # a server inside a network that the operator did not open
    SERVER = "server"  # no such host, or nobody listens there
    SILENT = "silent"  # no answer in time: nobody knows whether it left
    BUSY = "busy"  # asks us to come later
    REFUSED = "refused"  # anything else, in its own words


# Time mends the others; these wait for whoever keeps the settings.
A_PERSON_MENDS = frozenset({Cause.LOGIN, Cause.TLS, Cause.SENDER, Cause.PRIVATE, Cause.REFUSED})


class BadAddress(Exception):
    """The next server refuses this recipient for good: a person must correct the address."""


class MessengerUnavailable(Exception):
    """The message did not leave, or nobody knows: send it again later under the same id.

    `after`: seconds that the other side asked us to wait.
    """

    def __init__(self, said: str, *, cause: Cause = Cause.REFUSED, after: float | None = None) -> None:
        super().__init__(said)
        self.cause = cause
        self.after = after


class Messenger(Protocol):
    async def send(self, message: Outgoing) -> str:
        """Hand it over. Answers the next server's own name for it, empty if it gave none. Raises BadAddress or
        MessengerUnavailable."""


def plain(said: object, *, longest: int = 300) -> str:
    """What the other side said, in one line."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())[:longest]
