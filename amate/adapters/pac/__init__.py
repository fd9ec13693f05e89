"""The door to a PAC: sealed bytes in, facts out (ENGINE PAC).

Three errors, and each says what to do: `PacRejected` a person corrects, `PacUnavailable` the same bytes later,
`PacAmbiguous` ask the same PAC before anything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

Cause = Literal["busy", "network", "breaker", "credentials", "credits"]


class PacError(Exception):
    """Whatever a PAC did instead of stamping."""


class PacRejected(PacError):
    """A definite no: nothing was stamped. A person corrects the document; new bytes are allowed.

    `code` is the SAT's or the PAC's (`CFDI40119`, `302`, `CO1001`); FISCAL 14 says who may see what of it.
    """

    def __init__(self, code: str, message: str, detail: str = "") -> None:
        super().__init__(f"{code}: {message}")
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
class PacAccount:
    """Where and as whom to stamp. `api_url` may equal `services_url`; `certificates`: DER by NoCertificadoSAT."""

    code: str
    services_url: str
    api_url: str
    user: str
    password: str = field(repr=False)
    certificates: Mapping[str, bytes] = field(default_factory=dict, repr=False)


class Pac(Protocol):
    """Async; one per account and process, so that connections, token and breaker are shared."""

    code: str

    async def stamp(self, sealed: bytes, *, key: str) -> Stamped:
        """Stamp these bytes. `key` ≤ 100 characters, the same for the document's whole life."""

    async def recover(self, sealed: bytes, *, key: str) -> Stamped | None:
        """What became of an ambiguous stamp. None only if the PAC says it never saw these bytes."""

    async def balance(self) -> int | None:
        """Stamps left; None when the account has no limit."""

    async def aclose(self) -> None:
        """Close the connections."""


def open_pac(account: PacAccount) -> Pac:
    """The client of `account.code`. Raises LookupError for a PAC we do not speak."""
    if account.code == "sw_sapien":
        from amate.adapters.pac.sw_sapien import SwSapien

        return SwSapien(account)
    raise LookupError(f"No hay adaptador para el PAC «{account.code}». Usa sw_sapien.")
