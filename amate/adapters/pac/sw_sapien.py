"""SW Sapien: REST with a bearer token, one multipart field, and a customid that names the document (ENGINE SW)."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import structlog

from amate.adapters.pac import (
    PacAccount,
    PacAmbiguous,
    PacError,
    PacKeyConflict,
    PacRejected,
    PacUnavailable,
    Stamped,
)
from amate.adapters.pac.breaker import Breaker, BreakerOpen
from amate.adapters.pac.sw_wire import ALREADY_STAMPED, Answer, Unauthorized, read_answer
from amate.fiscal.tfd import NotBelieved, Timbre, believe

TIMEOUTS = httpx.Timeout(connect=5.0, write=10.0, read=30.0, pool=5.0)
WHOLE_CALL = 90.0  # the read timeout is per chunk: a trickle would hold a worker for ever
BODY_CAP = 20_000_000
KEY_LIMIT = 100
RENEW_BEFORE = 300.0
TOKEN_LIFE = 7200.0

STAMP = "/v4/cfdi33/stamp/v4"
AUTHENTICATE = "/v2/security/authenticate"
BALANCE = "/management/v2/api/users/balance"

# Before these the request never left us.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")

log = structlog.get_logger(__name__)


class SwSapien:
    """One account. Share it: it holds the connections, the token and the breaker."""

    code = "sw_sapien"

    def __init__(self, account: PacAccount, *, timeouts: httpx.Timeout = TIMEOUTS) -> None:
        self._account = account
        self._breaker = Breaker(clock=time.monotonic)
        self._token: str | None = None
        self._token_until = 0.0
        self._renewing = asyncio.Lock()
        self._client = httpx.AsyncClient(
            timeout=timeouts,
            follow_redirects=False,
            http2=False,
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=30.0),
            mounts=dict.fromkeys(_LOOPBACK),
        )

    async def stamp(self, sealed: bytes, *, key: str) -> Stamped:
        """Raises `PacRejected`, `PacUnavailable`, `PacAmbiguous`; ValueError for a key over 100 characters."""
        if not 0 < len(key) <= KEY_LIMIT or not key.isascii():
            raise ValueError(f"A customid is 1 to {KEY_LIMIT} ASCII characters, not {key!r}")
        async with self._told("pac.stamp", key=key, size=len(sealed)) as told:
            files = {"xml": ("xml", sealed, "text/xml")}
            answer = await self._exchange("POST", self._account.services_url + STAMP, {"customid": key}, files)
            stamped = self._checked(sealed, answer)
            told.update(outcome="recovered" if stamped.recovered else "stamped", code=answer.code)
            return stamped

    async def recover(self, sealed: bytes, *, key: str) -> Stamped | None:
        """On SW resending the same bytes is recovering: a 307 brings the stamp, and what never arrived is stamped now."""
        return await self.stamp(sealed, key=key)

    async def balance(self) -> int | None:
        async with self._told("pac.balance") as told:
            try:
                answer = await self._exchange("GET", self._account.api_url + BALANCE, {}, None)
            except PacAmbiguous as unread:
                raise PacUnavailable("network", f"No se pudo leer el saldo: {unread}") from unread
            told.update(outcome="read")
            left = answer.data.get("stampsBalance")
            return None if answer.data.get("isUnlimited") or not isinstance(left, int) else left

    async def aclose(self) -> None:
        await self._client.aclose()

    # ------------------------------------------------------------ the stamp

    def _checked(self, sealed: bytes, answer: Answer) -> Stamped:
        if answer.xml is None:
            raise PacAmbiguous(f"El PAC dice que timbró ({answer.code or 'success'}) y no devuelve el XML")
        try:
            timbre: Timbre = believe(sealed, answer.xml, certificates=self._account.certificates)
        except NotBelieved as doubt:
            raise PacAmbiguous(f"{doubt.doubt}: {doubt.message}") from doubt
        return Stamped(
            uuid=timbre.uuid,
            xml=answer.xml,
            fecha_timbrado=timbre.fecha_timbrado,
            rfc_prov_certif=timbre.rfc_prov_certif,
            no_certificado_sat=timbre.no_certificado_sat,
            sello_sat=timbre.sello_sat,
            recovered=answer.code == ALREADY_STAMPED,
        )

    # ------------------------------------------------------------ the exchange

    async def _exchange(self, method: str, url: str, headers: dict[str, str], files: Any) -> Answer:
        """One call under the breaker, with one renewal of the token if it is refused."""
        try:
            with self._breaker.guard(counts=_is_outage):
                token = await self._current_token()
                try:
                    return await self._call(method, url, headers=headers, files=files, token=token)
                except Unauthorized:
                    token = await self._current_token(refused=token)
                    try:
                        return await self._call(method, url, headers=headers, files=files, token=token)
                    except Unauthorized as again:
                        raise PacUnavailable(
                            "credentials", "El PAC rechaza nuestra sesión recién abierta. Revisa la cuenta del PAC."
                        ) from again
        except BreakerOpen as rest:
            raise PacUnavailable(
                "breaker", "El PAC está fallando; lo dejamos descansar.", retry_after=rest.retry_after
            ) from rest

    async def _call(
        self, method: str, url: str, *, headers: dict[str, str], token: str | None, files: Any = None, body: Any = None
    ) -> Answer:
        if token is not None:
            headers = {**headers, "Authorization": f"Bearer {token}"}
        request = self._client.build_request(method, url, headers=headers, files=files, json=body)
        try:
            async with asyncio.timeout(WHOLE_CALL):
                response = await self._client.send(request, stream=True)
                try:
                    content = await _capped(response)
                finally:
                    await response.aclose()
        except _NOT_SENT as failure:
            raise PacUnavailable("network", f"No se pudo llegar al PAC: {type(failure).__name__}") from failure
        except (httpx.HTTPError, TimeoutError) as failure:
            raise PacAmbiguous(f"La conexión con el PAC se cortó: {type(failure).__name__}") from failure
        return read_answer(
            status=response.status_code, retry_after=_retry_after(response.headers.get("Retry-After")), body=content
        )

    # ------------------------------------------------------------ the token

    async def _current_token(self, *, refused: str | None = None) -> str:
        """A token good for five more minutes. `refused`: the one a call just failed with. One renewal at a time."""
        if self._token is not None and self._token != refused and time.time() < self._token_until - RENEW_BEFORE:
            return self._token
        async with self._renewing:
            if self._token is not None and self._token != refused and time.time() < self._token_until - RENEW_BEFORE:
                return self._token
            self._token, self._token_until = await self._authenticate()
            return self._token

    async def _authenticate(self) -> tuple[str, float]:
        """Whatever goes wrong here, the document was not sent: never ambiguous."""
        who = {"user": self._account.user, "password": self._account.password}
        try:
            answer = await self._call(
                "POST", self._account.services_url + AUTHENTICATE, headers={}, token=None, body=who
            )
        except (Unauthorized, PacRejected) as refused:
            raise PacUnavailable(
                "credentials", "El PAC no reconoce el usuario o la contraseña. Revisa la cuenta del PAC."
            ) from refused
        except PacAmbiguous as unread:
            raise PacUnavailable("network", f"El PAC no abrió la sesión: {unread}") from unread
        token, expires = answer.data.get("token"), answer.data.get("expires_in")
        if not isinstance(token, str) or not token:
            raise PacUnavailable("network", "El PAC abrió la sesión sin dar un token.")
        return token, _token_until(expires)

    # ------------------------------------------------------------ telling

    @asynccontextmanager
    async def _told(self, event: str, **facts: object) -> AsyncIterator[dict[str, object]]:
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
            tell = log.error if _needs_staff(failure) else log.info
            raise
        finally:
            tell(event, ms=round((time.monotonic() - started) * 1000), **told)


def _is_outage(failure: BaseException) -> bool:
    if isinstance(failure, PacUnavailable):
        return failure.cause in ("network", "busy")
    return isinstance(failure, PacAmbiguous)


def _needs_staff(failure: PacError) -> bool:
    if isinstance(failure, PacUnavailable):
        return failure.needs_staff
    return isinstance(failure, PacKeyConflict) or isinstance(failure.__cause__, NotBelieved)


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
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return None


def _token_until(expires: object) -> float:
    """SW documents `expires_in` as seconds in one place and shows an epoch in another."""
    if not isinstance(expires, int | float) or expires <= 0:
        return time.time() + TOKEN_LIFE
    return float(expires) if expires > 1_000_000_000 else time.time() + expires
