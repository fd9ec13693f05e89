"""SW Sapien: REST with a bearer token, one multipart field, and a customid that names the document (ENGINE SW)."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

import httpx

from amate.adapters.pac import (
    AnswerOrder,
    AnswerReceipt,
    CancelOrder,
    CancelReceipt,
    PacAccount,
    PacAmbiguous,
    PacRejected,
    PacUnavailable,
    Stamped,
)
from amate.adapters.pac.checked import checked
from amate.adapters.pac.gate import Gate
from amate.adapters.pac.line import TIMEOUTS, Line
from amate.adapters.pac.sw_cancel import read_pending, read_receipt
from amate.adapters.pac.sw_wire import ALREADY_STAMPED, Answer, Unauthorized, read_answer

KEY_LIMIT = 100
RENEW_BEFORE = 300.0
TOKEN_LIFE = 7200.0

STAMP = "/v4/cfdi33/stamp/v4"
AUTHENTICATE = "/v2/security/authenticate"
BALANCE = "/management/v2/api/users/balance"
CANCEL = "/cfdi33/cancel/xml"
PENDING = "/pendings"
ANSWER = "/acceptreject/xml"

T = TypeVar("T")


class SwSapien:
    """One account. Share it: it holds the connections, the token and the gate."""

    code = "sw_sapien"
    tells = False
    rfc = "LSO1306189R5"

    def __init__(
        self,
        account: PacAccount,
        *,
        timeouts: httpx.Timeout = TIMEOUTS,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`transport` and `clock` as `Line` takes them."""
        self._account = account
        self.counts = account.counts
        self._line = Line(account, timeouts=timeouts, transport=transport, clock=clock)
        self._token: str | None = None
        self._token_until = 0.0
        self._renewing = asyncio.Lock()

    @property
    def gate(self) -> Gate:
        return self._line.gate

    async def stamp(self, sealed: bytes, *, key: str) -> Stamped:
        """Raises `PacRejected`, `PacUnavailable`, `PacAmbiguous`; ValueError for a key over 100 characters."""
        if not 0 < len(key) <= KEY_LIMIT or not key.isascii():
            raise ValueError(f"A customid is 1 to {KEY_LIMIT} ASCII characters, not {key!r}")
        async with self._line.told("pac.stamp", key=key, size=len(sealed)) as told:
            files = {"xml": ("xml", sealed, "text/xml")}
            answer = await self._exchange(
                "POST", self._account.services_url + STAMP, {"customid": key}, files, read_answer
            )
            stamped = self._checked(sealed, answer)
            told.update(outcome="recovered" if stamped.recovered else "stamped", code=answer.code)
            return stamped

    async def recover(self, sealed: bytes, *, key: str) -> Stamped | None:
        """On SW resending the same bytes is recovering: a 307 brings the stamp, and what never arrived is stamped now."""
        return await self.stamp(sealed, key=key)

    async def cancel(self, order: CancelOrder) -> CancelReceipt:
        """Raises `PacRejected`, `PacUnavailable`, `PacAmbiguous`."""
        async with self._line.told("pac.cancel", uuid=str(order.uuid), size=len(order.signed)) as told:
            read = partial(read_receipt, uuid=order.uuid, rfc=order.rfc, received="201")
            codes, acuse = await self._send_signed(CANCEL, order.signed, read)
            told.update(outcome="answered", code=codes[order.uuid])
            return CancelReceipt(codes, acuse)

    async def pending(self, rfc: str) -> list[UUID]:
        async with self._line.told("pac.pending") as told:
            url = f"{self._account.services_url}{PENDING}/{quote(rfc)}"
            try:
                waiting = await self._exchange("GET", url, {}, None, read_pending)
            except PacAmbiguous as unread:
                raise PacUnavailable("network", f"No se pudieron leer las solicitudes: {unread}") from unread
            told.update(outcome="read")
            return waiting

    async def answer(self, order: AnswerOrder) -> AnswerReceipt:
        """Raises as `cancel`."""
        async with self._line.told("pac.answer", uuid=str(order.uuid), size=len(order.signed)) as told:
            read = partial(read_receipt, uuid=order.uuid, rfc=order.rfc, received="1000")
            codes, acuse = await self._send_signed(ANSWER, order.signed, read)
            told.update(outcome="answered", code=codes[order.uuid])
            return AnswerReceipt(codes, acuse)

    async def balance(self) -> int | None:
        async with self._line.told("pac.balance") as told:
            try:
                answer = await self._exchange("GET", self._account.api_url + BALANCE, {}, None, read_answer)
            except PacAmbiguous as unread:
                raise PacUnavailable("network", f"No se pudo leer el saldo: {unread}") from unread
            told.update(outcome="read")
            left = answer.data.get("stampsBalance")
            return None if answer.data.get("isUnlimited") or not isinstance(left, int) else left

    async def aclose(self) -> None:
        await self._line.aclose()

    # ------------------------------------------------------------ the stamp

    def _checked(self, sealed: bytes, answer: Answer) -> Stamped:
        if answer.xml is None:
            raise PacAmbiguous(f"El PAC dice que timbró ({answer.code or 'success'}) y no devuelve el XML")
        recovered = answer.code == ALREADY_STAMPED
        uuid = str(answer.data.get("uuid") or "")
        return checked(sealed, answer.xml, uuid=uuid, certificates=self._account.certificates, recovered=recovered)

    # ------------------------------------------------------------ the exchange

    async def _send_signed(self, path: str, signed: bytes, read: Callable[..., T]) -> T:
        return await self._exchange(
            "POST", self._account.services_url + path, {}, {"xml": ("xml", signed, "text/xml")}, read
        )

    async def _exchange(self, method: str, url: str, headers: dict[str, str], files: Any, read: Callable[..., T]) -> T:
        """One call under the breaker, with one renewal of the token if it is refused."""
        async with self.gate.passed():
            token = await self._current_token()
            try:
                return await self._call(method, url, headers=headers, files=files, token=token, read=read)
            except Unauthorized:
                token = await self._current_token(refused=token)
                try:
                    return await self._call(method, url, headers=headers, files=files, token=token, read=read)
                except Unauthorized as again:
                    raise PacUnavailable(
                        "credentials", "El PAC rechaza nuestra sesión recién abierta. Revisa la cuenta del PAC."
                    ) from again

    async def _call(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str],
        token: str | None,
        read: Callable[..., T],
        files: Any = None,
        body: Any = None,
    ) -> T:
        if token is not None:
            headers = {**headers, "Authorization": f"Bearer {token}"}
        request = self._line.client.build_request(method, url, headers=headers, files=files, json=body)
        reply = await self._line.send(request)
        return read(status=reply.status, retry_after=reply.retry_after, body=reply.body)

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
                "POST", self._account.services_url + AUTHENTICATE, headers={}, token=None, body=who, read=read_answer
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


def _token_until(expires: object) -> float:
    """SW documents `expires_in` as seconds in one place and shows an epoch in another."""
    if not isinstance(expires, int | float) or expires <= 0:
        return time.time() + TOKEN_LIFE
    return float(expires) if expires > 1_000_000_000 else time.time() + expires
