"""A host asked over HTTP. Its name was typed by somebody, so it never leads into our own network."""

import asyncio
import socket
from ipaddress import ip_address

import httpx

from amate.adapters.hosts import HostAway
from amate.adapters.public_address import Address, is_public

ENOUGH = 1000  # bytes
PATIENCE = httpx.Timeout(10)


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
