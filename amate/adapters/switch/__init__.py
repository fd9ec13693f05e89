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

SPOKEN = ("webhook", "routeros", "radius", "whm", "http")


class State(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LIMITED = "limited"  # slower, and not off: only where an account says how


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


@dataclass(frozen=True, slots=True)
class RouterAccount:
    """A MikroTik. `url`: `api-ssl://` and `api://` speak its API, `https://` and `http://` its REST (v7); without TLS only
    hosts that the operator opened (`private`). `by`: "list", a service is an address that goes into `list_name`; "secret",
    it is the name of a PPP secret that is disabled. `slow_list`: of whom is only slower, where addresses are listed. `fingerprint`: SHA-256 of the certificate of an API that no authority
    signed, empty where one did."""

    url: str
    user: str
    password: str = field(repr=False)
    by: str = "list"
    list_name: str = "morosos"
    slow_list: str = ""
    fingerprint: str = ""
    private: frozenset[str] = frozenset()
    code: str = "routeros"


@dataclass(frozen=True, slots=True)
class RadiusAccount:
    """The SQL database of a FreeRADIUS (`host` may be the folder of its socket), the group of whoever is cut (and of
    whoever is only slower, if there is one), and the
    equipment that closes sessions (none: an empty `nas_host`). `private`: hosts that the operator opened."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    group: str
    slow_group: str = ""
    nas_host: str = ""
    nas_port: int = 3799
    nas_secret: str = field(default="", repr=False)
    private: frozenset[str] = frozenset()
    code: str = "radius"


@dataclass(frozen=True, slots=True)
class WhmAccount:
    """A cPanel server by its WHM, and a token of that user which may list, suspend and unsuspend. `private`: hosts that the
    operator opened."""

    url: str
    user: str
    token: str = field(repr=False)
    private: frozenset[str] = frozenset()
    code: str = "whm"


@dataclass(frozen=True, slots=True)
class HttpAccount:
    """Any system that a plain request suspends and another one (`back_url`, or the same) gives back. The addresses and the
    JSON of `body` may hold `{{service}}`, `{{customer}}`, `{{state}}`, `{{suspended}}` (true, false), `{{gen}}`,
    `{{reason}}`; `proof` is the value of `header` and holds `{{key}}`. It was taken if the status is 2xx and, where
    `success_at` names a place in the JSON, `success` stands there."""

    url: str
    header: str
    proof: str
    key: str = field(repr=False)
    method: str = "POST"
    back_url: str = ""
    body: str = ""
    success_at: str = ""
    success: str = ""
    private: frozenset[str] = frozenset()
    code: str = "http"


Account = SwitchAccount | RouterAccount | RadiusAccount | WhmAccount | HttpAccount


class Switch(Protocol):
    """Both raise `SwitchRetryable`, `SwitchPermanent`, `SwitchUnknown`."""

    code: str
    observes: bool

    async def observe(self, services: Sequence[str], *, now: datetime) -> Mapping[str, Observed]:
        """Those it knows; of one it does not know, nothing. Only where `observes`."""

    async def apply(self, command: Command, *, now: datetime) -> Applied:
        """Tell it. Again and out of order does no harm."""


def open_switch(account: Account, *, transport: "httpx.AsyncBaseTransport | None" = None) -> Switch:
    """`transport`: instead of the network. Raises LookupError for a kind we do not speak."""
    if isinstance(account, RouterAccount):
        from amate.adapters.switch.routeros import RouterOs

        return RouterOs(account)
    if isinstance(account, RadiusAccount):
        from amate.adapters.switch.radius import Radius

        return Radius(account)
    if isinstance(account, WhmAccount):
        from amate.adapters.switch.whm import Whm

        return Whm(account)
    if isinstance(account, HttpAccount):
        from amate.adapters.switch.plain_http import PlainHttp

        return PlainHttp(account, transport=transport)
    if account.code == "webhook":
        from amate.adapters.switch.webhook import Webhook

        return Webhook(account, transport=transport)
    raise LookupError(f"No hay adaptador para «{account.code}». Usa {' o '.join(SPOKEN)}.")
