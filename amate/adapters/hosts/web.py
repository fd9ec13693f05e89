"""A host asked over HTTP. Its name was typed by somebody, so it never leads into our own network."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from amate.adapters.hosts import HostAway

ENOUGH = 1000  # bytes
PATIENCE = httpx.Timeout(10)
# Addresses of IPv6 that carry one of IPv4 inside: where they lead, only their network knows.
CARRIERS = (
    IPv6Network("64:ff9b::/96"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("2002::/16"),
    IPv6Network("2001::/32"),
)

Address = IPv4Address | IPv6Address


class WebHosts:
    """`private`: whether addresses of private networks are asked too, which is for the sandbox and tests only."""

    def __init__(self, *, scheme: str, port: int, private: bool) -> None:
        self._scheme = scheme
        self._port = port
        self._private = private

    async def ask(self, host: str, path: str) -> str:
        """The address is looked at and then asked itself: a second look-up of the name could lead elsewhere.

        No redirect is followed, no proxy of the environment used. Raises HostAway.
        """
        address = await self._address(host)
        where = f"[{address}]" if address.version == 6 else str(address)
        usual = {"http": 80, "https": 443}[self._scheme] == self._port
        request = httpx.Request(
            "GET",
            f"{self._scheme}://{where}:{self._port}{path}",
            headers={"Host": host if usual else f"{host}:{self._port}"},
            extensions={"sni_hostname": host, "timeout": PATIENCE.as_dict()},
        )
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
                answer = await client.send(request, stream=True)
                try:
                    return await _beginning(host, answer)
                finally:
                    await answer.aclose()
        except httpx.HTTPError as fault:
            raise HostAway(f"{host} no contesta por {self._scheme}: {fault or type(fault).__name__}") from fault

    async def _address(self, host: str) -> Address:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, self._port, type=socket.SOCK_STREAM)
        except OSError as unknown:
            raise HostAway(
                f"{host} no existe todavía en el DNS: crea su registro y espera a que se publique"
            ) from unknown
        addresses = [ip_address(str(row[4][0]).partition("%")[0]) for row in found]
        if not self._private and not all(is_public(one) for one in addresses):
            raise HostAway(f"{host} apunta a una dirección de red privada: debe apuntar a este servidor en internet")
        return addresses[0]


async def _beginning(host: str, answer: httpx.Response) -> str:
    if answer.status_code != 200:
        raise HostAway(f"{host} contesta, pero no este sistema (HTTP {answer.status_code}): revisa a dónde apunta")
    content = b""
    async for piece in answer.aiter_raw():
        content += piece
        if len(content) >= ENOUGH:
            break
    return content[:ENOUGH].decode("utf-8", errors="replace")


def is_public(address: Address) -> bool:
    """Whether anybody on the internet has that address.

    >>> [is_public(ip_address(text)) for text in ("93.184.216.34", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False, False]
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in carrier for carrier in CARRIERS):
            return False
    return address.is_global and not address.is_multicast
