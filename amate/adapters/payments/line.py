"""HTTP to one provider, and what a failure of it means. Every call may be repeated: those that create carry a key."""

import asyncio
from dataclasses import dataclass

import httpx

from amate.adapters.authorities import authorities
from amate.adapters.payments import ProviderUnavailable

TIMEOUTS = httpx.Timeout(connect=5.0, write=10.0, read=20.0, pool=5.0)
WHOLE_CALL = 45.0  # the read timeout is per chunk: a trickle would hold a worker for ever
BODY_CAP = 5_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes


class Line:
    """Opens its connections with the first call, so that whoever only verifies pays nothing for it."""

    def __init__(self, url: str, *, transport: httpx.AsyncBaseTransport | None) -> None:
        self._url = url
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str],
        json: object = None,
        content: bytes | None = None,
        form: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
    ) -> Reply:
        """Raises `ProviderUnavailable` where there is no answer, or one that says only "later"."""
        client = self._opened()
        request = client.build_request(
            method, path, headers=headers, json=json, content=content, data=form, params=params
        )
        try:
            async with asyncio.timeout(WHOLE_CALL):
                response = await client.send(request, stream=True)
                try:
                    content = await _capped(response)
                finally:
                    await response.aclose()
        except (httpx.HTTPError, TimeoutError) as failure:
            raise ProviderUnavailable(
                "network", f"No se pudo hablar con el proveedor de pagos: {type(failure).__name__}"
            ) from failure
        _see_status(response)
        return Reply(response.status_code, content)

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                base_url=self._url,
                timeout=TIMEOUTS,
                verify=authorities(),
                follow_redirects=False,
                transport=self._transport,
                mounts=dict.fromkeys(("all://127.0.0.1", "all://localhost", "all://[::1]"))
                if self._transport is None
                else None,
            )
        return self._client


def _see_status(response: httpx.Response) -> None:
    status = response.status_code
    if status in (401, 403):
        raise ProviderUnavailable(
            "credentials", f"El proveedor de pagos no acepta la llave (HTTP {status}): revísala en los ajustes."
        )
    if status == 429 or status >= 500:
        asked = response.headers.get("Retry-After", "")
        raise ProviderUnavailable(
            "busy" if status in (429, 503) else "server",
            f"El proveedor de pagos no pudo atender (HTTP {status}).",
            retry_after=float(asked) if asked.isdecimal() else None,
        )
    if 300 <= status < 400:
        raise ProviderUnavailable("server", f"El proveedor de pagos manda a otra dirección (HTTP {status}).")


async def _capped(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > BODY_CAP:
            raise ProviderUnavailable("server", f"La respuesta del proveedor pasa de {BODY_CAP // 1_000_000} MB.")
    return bytes(body)
