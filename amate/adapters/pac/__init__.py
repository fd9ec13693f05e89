"""The door to a PAC: sealed bytes in, facts out (ENGINE PAC).

Three errors, and each says what to do: `PacRejected` a person corrects, `PacUnavailable` the same bytes later,
`PacAmbiguous` ask the same PAC before anything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from urllib.parse import urlsplit
from uuid import UUID

SPOKEN = ("sw_sapien", "finkok")
Cause = Literal["busy", "network", "breaker", "credentials", "credits"]
Trouble = Literal["credentials", "credits", "lies"]  # lies: its answers do not prove what they say


class PacError(Exception):
    """Whatever a PAC did instead of what it was asked."""


class PacRejected(PacError):
    """A definite no: nothing was stamped. A person corrects the document; new bytes are allowed.

    `code` is the SAT's or the PAC's (`CFDI40119`, `302`, `CO1001`); FISCAL 14 says who may see what of it.
    """

    def __init__(self, code: str, message: str, detail: str = "") -> None:
        super().__init__(message if message.startswith(code) else f"{code}: {message}")  # some say their code in words
        self.code = code
        self.message = message
        self.detail = detail


class PacUnavailable(PacError):
    """The document was certainly not processed: send the same bytes later, after `retry_after` seconds if it says so.

    `needs_staff`: waiting alone will not mend it (the PAC's credentials or credits).
    """

    def __init__(self, cause: Cause, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.cause = cause
        self.message = message
        self.retry_after = retry_after

    @property
    def needs_staff(self) -> bool:
        return self.cause in ("credentials", "credits")


class PacAmbiguous(PacError):
    """Nobody knows whether it was stamped: recover with the same bytes and key, never new bytes, never another PAC."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class PacKeyConflict(PacAmbiguous):
    """Our key was used before with other bytes (CFDI3307): stop and alarm. A new key could stamp twice."""


# Whose stamps are no CFDI: simulators on this machine, and where PACs let people try.
TRIAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1", "services.test.sw.com.mx", "demo-facturacion.finkok.com"})


@dataclass(frozen=True, slots=True)
class Stamped:
    """A stamp that was checked against our bytes. `fecha_timbrado` is central time, naive; `recovered`: it was 307."""

    uuid: UUID
    xml: bytes
    fecha_timbrado: datetime
    rfc_prov_certif: str
    no_certificado_sat: str
    sello_sat: str
    recovered: bool = False


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """A signed request (`fiscal.cancelacion`) and the one CFDI it is about; `rfc` is the issuer's."""

    rfc: str
    uuid: UUID
    signed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CancelReceipt:
    """What the SAT answered by UUID (FISCAL CAN-7: "201"), the one asked for among them. `acuse`: XML to keep, as it
    came; empty when a refusal brought none. 201 and 202 are progress: only the SAT's standing says cancelled."""

    codes: Mapping[UUID, str]
    acuse: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class AnswerOrder:
    """A receiver's signed answer to one cancellation; `rfc` is the receiver's, `accept` what the bytes say."""

    rfc: str
    uuid: UUID
    accept: bool
    signed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class AnswerReceipt:
    """As `CancelReceipt`, with the codes of answers ("1000")."""

    codes: Mapping[UUID, str]
    acuse: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one account in one process: calls at once, and calls begun in a second (None: as many as come)."""

    in_flight: int = 8
    per_second: float | None = None


@dataclass(frozen=True, slots=True)
class PacAccount:
    """Where and as whom to stamp. `api_url` may equal `services_url`; `certificates`: DER by NoCertificadoSAT.

    `rfc`: whose credits are asked for, where an account has none of its own (Finkok).
    """

    code: str
    services_url: str
    api_url: str
    user: str
    password: str = field(repr=False)
    certificates: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    limits: Limits = Limits()
    rfc: str = ""

    @property
    def counts(self) -> bool:
        """Whether what it stamps is the SAT's: not of a simulator on this machine, nor where PACs let people try."""
        return urlsplit(self.services_url).hostname not in TRIAL_HOSTS


class Gate(Protocol):
    """What is known of an account in this process without asking it."""

    @property
    def in_flight(self) -> int:
        """Calls at once that the account allows."""

    @property
    def troubles(self) -> Mapping[Trouble, str]:
        """What waiting will not mend, each with its sentence; empty when the last answers were good."""

    @property
    def rest(self) -> float:
        """Seconds until a call may pass; 0 now."""

    @property
    def latency(self) -> float | None:
        """Median seconds of the last answered calls; None before the first."""

    @property
    def their_now(self) -> datetime | None:
        """By the PAC's own clock, to the second; None before it answered."""


class Pac(Protocol):
    """Async; one per account and process, so that connections, token and breaker are shared."""

    code: str
    tells: bool  # `recover` only asks; without it, it sends the same bytes again, which stamps what never arrived
    rfc: str  # the PAC's own, which a receiver's signed answer names
    counts: bool  # as `PacAccount.counts`

    @property
    def gate(self) -> Gate:
        """Breaker, limits and latency of the account."""

    async def stamp(self, sealed: bytes, *, key: str) -> Stamped:
        """Stamp these bytes. `key` ≤ 100 characters, the same for the document's whole life."""

    async def recover(self, sealed: bytes, *, key: str) -> Stamped | None:
        """What became of an ambiguous stamp. None only if the PAC says it never saw these bytes."""

    async def cancel(self, order: CancelOrder) -> CancelReceipt:
        """Hand a signed request to the SAT. The same bytes may be sent again: the SAT answers 202.

        `PacRejected`: the request itself was refused (300-310). After `PacAmbiguous` ask the SAT's status first.
        """

    async def pending(self, rfc: str) -> list[UUID]:
        """Cancellations that wait for the answer of `rfc` as receiver. Raises `PacUnavailable`, `PacRejected`."""

    async def answer(self, order: AnswerOrder) -> AnswerReceipt:
        """Accept or reject one of those. Errors as `cancel`; sent again, it is told 1002."""

    async def balance(self) -> int | None:
        """Stamps left; None when the account has no limit."""

    async def aclose(self) -> None:
        """Close the connections."""


def open_pac(account: PacAccount) -> Pac:
    """The client of `account.code`. Raises LookupError for a PAC we do not speak."""
    if account.code == "sw_sapien":
        from amate.adapters.pac.sw_sapien import SwSapien

        return SwSapien(account)
    if account.code == "finkok":
        from amate.adapters.pac.finkok import Finkok

        return Finkok(account)
    raise LookupError(f"No hay adaptador para el PAC «{account.code}». Usa {' o '.join(SPOKEN)}.")
