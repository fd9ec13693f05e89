"""One account's HTTP connections, and what a failure of them means (ENGINE PAC, HTTP). It knows no vendor's wire."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import structlog

from amate.adapters.authorities import authorities
from amate.adapters.pac import (
    PacAccount,
    PacAmbiguous,
    PacError,
    PacKeyConflict,
    PacUnavailable,
    Trouble,
)
from amate.adapters.pac.gate import Gate
from amate.fiscal.tfd import NotBelieved

TIMEOUTS = httpx.Timeout(connect=5.0, write=10.0, read=30.0, pool=5.0)
WHOLE_CALL = 90.0  # the read timeout is per chunk: a trickle would hold a worker for ever
BODY_CAP = 20_000_000

# Before these the request never left us.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")

log = structlog.get_logger("amate.adapters.pac")


@dataclass(frozen=True, slots=True)
class Reply:
    """`retry_after` in seconds, when it said so."""

    status: int
    retry_after: float | None
    body: bytes


class Line:
    """Share it: it holds the connections and the gate of one account."""

    def __init__(
        self,
        account: PacAccount,
        *,
        timeouts: httpx.Timeout = TIMEOUTS,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`transport`: instead of the network, for a simulation, whose `clock` (seconds) tells how long a PAC rests."""
        self.code = account.code
        self.gate = Gate(account.limits, clock=clock)
        self.client = httpx.AsyncClient(
            timeout=timeouts,
            verify=authorities(),
            transport=transport,
            follow_redirects=False,
            http2=False,
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=30.0),
            mounts=None if transport else dict.fromkeys(_LOOPBACK),
        )

    async def send(self, request: httpx.Request) -> Reply:
        """Raises `PacUnavailable` when it never left us, `PacAmbiguous` when it may have arrived."""
        try:
            async with asyncio.timeout(WHOLE_CALL):
                response = await self.client.send(request, stream=True)
                try:
                    content = await _capped(response)
                finally:
                    await response.aclose()
        except _NOT_SENT as failure:
            raise PacUnavailable("network", f"No se pudo llegar al PAC: {type(failure).__name__}") from failure
        except (httpx.HTTPError, TimeoutError) as failure:
            raise PacAmbiguous(f"La conexión con el PAC se cortó: {type(failure).__name__}") from failure
        told = _date(response.headers.get("Date"))
        if told is not None:
            self.gate.note_date(told)
        return Reply(response.status_code, _retry_after(response.headers.get("Retry-After")), content)

    async def aclose(self) -> None:
        await self.client.aclose()

    @asynccontextmanager
    async def told(self, event: str, **facts: object) -> AsyncIterator[dict[str, object]]:
        """One log line a call: outcome, code, milliseconds, key, size. Never a token, a password or a body.

        An error line is an alarm: waiting and repeating will not mend what it tells.
        """
        started = time.monotonic()
        told: dict[str, object] = {"pac": self.code, "outcome": "interrupted", **facts}
        tell = log.info
        try:
            yield told
        except PacError as failure:
            told.update(outcome=type(failure).__name__, code=getattr(failure, "code", getattr(failure, "cause", "")))
            trouble = _trouble(failure)
            if trouble is not None:
                tell = log.error
                self.gate.note_trouble(trouble, str(failure))
            raise
        else:
            self.gate.note_good(stamp=told["outcome"] in ("stamped", "recovered"))
        finally:
            tell(event, ms=round((time.monotonic() - started) * 1000), **told)


def busy(reply: Reply) -> PacUnavailable | None:
    """What the status alone says when the body does not: it surely was not processed, or None (ENGINE PAC)."""
    if reply.status == 429 or (reply.status == 503 and reply.retry_after is not None):
        return PacUnavailable("busy", f"El PAC está saturado (HTTP {reply.status}).", retry_after=reply.retry_after)
    return None


def _trouble(failure: PacError) -> Trouble | None:
    """What people must see to, if waiting will not mend it."""
    if isinstance(failure, PacUnavailable):
        return failure.cause if failure.cause in ("credentials", "credits") else None
    believed = not isinstance(failure, PacKeyConflict) and not isinstance(failure.__cause__, NotBelieved)
    return None if believed else "lies"


async def _capped(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > BODY_CAP:
            raise PacAmbiguous(f"La respuesta del PAC pasa de {BODY_CAP // 1_000_000} MB")
    return bytes(body)


def _retry_after(header: str | None) -> float | None:
    """Seconds; the header may also be a date."""
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    until = _date(header)
    return None if until is None else max(0.0, until.timestamp() - time.time())


def _date(header: str | None) -> datetime | None:
    try:
        told = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told
