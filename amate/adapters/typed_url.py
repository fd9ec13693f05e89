"""A request to an address that somebody of a company typed: looked at once, and then that very address is asked (NET-1)."""

import asyncio
import socket
import ssl
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import httpx

from amate.adapters.public_address import Address, is_public

PORTS = frozenset({443, 8443})
READ = 4_096  # bytes of an answer
TIMEOUTS = httpx.Timeout(15.0, connect=3.0)
WHOLE_CALL = 30.0


class UrlError(Exception):
    """It was not answered. The message is for people (es-MX)."""


class UrlRefused(UrlError):
    """Never asked: the address may not be. A person must correct it."""


class UrlAway(UrlError):
    """It surely did not arrive: nobody there, or not the one its certificate should name."""


class UrlSilent(UrlError):
    """It may have arrived: nobody knows."""


@dataclass(frozen=True, slots=True)
class TypedRequest:
    """`private`: hosts that the operator of this installation opened; of those also http and any port. `most`: bytes that
    are read of the answer. `ports`: of every other host, those alone; a system that has one of its own names it."""

    method: str
    url: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    private: frozenset[str] = frozenset()
    most: int = READ
    ports: frozenset[int] = PORTS


@dataclass(frozen=True, slots=True)
class Answer:
    """`retry_after` in seconds, where it says so; `body`: its beginning."""

    status: int
    retry_after: float | None
    body: bytes


async def ask(request: TypedRequest, *, transport: httpx.AsyncBaseTransport | None = None) -> Answer:
    """No redirect is followed, no proxy of the environment used. `transport`: instead of the network, for a simulation;
    nothing is looked up then. Raises UrlRefused, UrlAway, UrlSilent."""
    parts = _parts(request)
    host = str(parts.hostname)
    sent = await _pinned(request, parts) if transport is None else _plain(request)
    client = httpx.AsyncClient(
        trust_env=False, follow_redirects=False, timeout=TIMEOUTS, verify=_trust(), transport=transport
    )
    try:
        async with asyncio.timeout(WHOLE_CALL), client:
            answer = await client.send(sent, stream=True)
            try:
                return Answer(
                    answer.status_code, _wait(answer.headers.get("Retry-After")), await _beginning(answer, request.most)
                )
            finally:
                await answer.aclose()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as away:
        raise UrlAway(f"{host} no contesta: {type(away).__name__}") from away
    except (httpx.HTTPError, TimeoutError) as silent:
        raise UrlSilent(f"{host} no terminó de contestar: {type(silent).__name__}") from silent


def check(url: str, *, private: frozenset[str] = frozenset(), ports: frozenset[int] = PORTS) -> None:
    """What can be seen without asking anybody, for the form where it is typed. Raises UrlRefused."""
    _parts(TypedRequest("POST", url, {}, private=private, ports=ports))


async def address_of(host: str, port: int, *, private: bool) -> Address:
    """Every address of the name must be anybody's, unless the operator opened that host; the first is asked. Raises
    UrlRefused, UrlAway."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as unknown:
        raise UrlAway(f"{host} no existe en el DNS") from unknown
    addresses = [ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    if not private and not all(is_public(one) for one in addresses):
        raise UrlRefused(f"{host} lleva a una red privada, y ahí no se llama.")
    return addresses[0]


async def _pinned(request: TypedRequest, parts: SplitResult) -> httpx.Request:
    """To the address that was looked at; name and certificate stay those of the host."""
    host, usual = str(parts.hostname), 443 if parts.scheme == "https" else 80
    port = parts.port or usual
    address = await address_of(host, port, private=host in request.private)
    where = f"[{address}]" if address.version == 6 else str(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = f"[{host}]" if ":" in host else host
    return httpx.Request(
        request.method,
        f"{parts.scheme}://{where}:{port}{path}",
        headers={**request.headers, "Host": named if port == usual else f"{named}:{port}"},
        content=request.body,
        extensions={"sni_hostname": host, "timeout": TIMEOUTS.as_dict()},
    )


def _plain(request: TypedRequest) -> httpx.Request:
    return httpx.Request(request.method, request.url, headers=request.headers, content=request.body)


def _parts(request: TypedRequest) -> SplitResult:
    try:
        parts = urlsplit(request.url)
        port = parts.port
    except ValueError as broken:
        raise UrlRefused("Eso no es una dirección de internet.") from broken
    if not parts.hostname or any(ord(letter) <= 32 or ord(letter) > 126 for letter in request.url):
        raise UrlRefused("Eso no es una dirección de internet.")
    if parts.username is not None or parts.password is not None:
        raise UrlRefused("La dirección no puede llevar usuario ni contraseña antes de la arroba.")
    if parts.hostname in request.private and parts.scheme in ("http", "https"):
        return parts
    if parts.scheme != "https":
        raise UrlRefused("La dirección debe empezar con https://")
    if (port or 443) not in request.ports:
        usable = " u ".join(str(one) for one in sorted(request.ports))
        raise UrlRefused(f"El puerto {port or 443} no se permite: usa {usable}.")
    return parts


async def _beginning(answer: httpx.Response, most: int) -> bytes:
    content = b""
    async for piece in answer.aiter_raw():
        content += piece
        if len(content) >= most:
            break
    return content[:most]


def _wait(said: str | None) -> float | None:
    return float(said) if said and said.isascii() and said.isdecimal() else None


@cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()
