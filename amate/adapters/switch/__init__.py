"""The door to what serves a customer: told on or off, and asked which it is (OUTSIDE SRV).

A driver is idempotent, and of two commands the one with the higher `gen` wins, in whatever order they arrive.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import httpx

SPOKEN = ("webhook",)


class State(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class SwitchError(Exception):
    """It is not known to be done. The message is for people (es-MX)."""


class SwitchRetryable(SwitchError):
    """Not done: the same again later, after `retry_after` seconds if it asked for that."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SwitchPermanent(SwitchError):
    """Not done, and a person must mend it first. `gone`: it asked never to be told again."""

    def __init__(self, message: str, *, gone: bool = False) -> None:
        super().__init__(message)
        self.gone = gone


class SwitchUnknown(SwitchError):
    """Perhaps done: the same again later does no harm."""


@dataclass(frozen=True, slots=True)
class Command:
    """The whole state, not a change of it. `service`: by the name that the other side knows; `at`: when it was decided."""

    service: str
    customer: str
    state: State
    gen: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Applied:
    """`answer`: the beginning of what it said, for whoever looks into it."""

    status: int
    answer: str


@dataclass(frozen=True, slots=True)
class Observed:
    """`gen` None where it keeps none."""

    state: State
    gen: int | None


@dataclass(frozen=True, slots=True)
class SwitchAccount:
    """Where to tell. `keys`: secrets that sign (`whsec_…`), the newest first; the others until nobody checks them any
    more. `observe_url`: where to ask, if the other side offers it. `private`: hosts that the operator opened."""

    code: str
    url: str
    keys: tuple[str, ...] = field(repr=False)
    observe_url: str = ""
    private: frozenset[str] = frozenset()


class Switch(Protocol):
    """Both raise `SwitchRetryable`, `SwitchPermanent`, `SwitchUnknown`."""

    code: str
    observes: bool

    async def observe(self, services: Sequence[str], *, now: datetime) -> Mapping[str, Observed]:
        """Those it knows; of one it does not know, nothing. Only where `observes`."""

    async def apply(self, command: Command, *, now: datetime) -> Applied:
        """Tell it. Again and out of order does no harm."""


def open_switch(account: SwitchAccount, *, transport: "httpx.AsyncBaseTransport | None" = None) -> Switch:
    """`transport`: instead of the network. Raises LookupError for a kind we do not speak."""
    if account.code == "webhook":
        from amate.adapters.switch.webhook import Webhook

        return Webhook(account, transport=transport)
    raise LookupError(f"No hay adaptador para «{account.code}». Usa {' o '.join(SPOKEN)}.")
