"""A line to a server whose name a company typed: never into a private network, unless the operator says so (NET-1)."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from amate.adapters.messages import Cause, MessengerUnavailable

# What mail servers listen on; anything else would make a port scanner of us.
PORTS = frozenset({25, 26, 465, 587, 2465, 2525, 2587})
NAT64 = IPv6Network("64:ff9b::/96")
WAY_OUT = (
    "está en una red privada: quien administra esta instalación puede permitirlo con AMATE_PRIVATE_MAIL_HOSTS={host}"
)


async def line_to(host: str, port: int, *, private: frozenset[str], seconds: float) -> socket.socket:
    """A connected socket. `private`: hosts that the operator opened, on any port.

    The name is resolved once and every address must be public, so that it cannot point elsewhere a moment later.
    Raises MessengerUnavailable.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as unknown:
        raise MessengerUnavailable(f"No existe el servidor {host}", cause=Cause.SERVER) from unknown
    if host not in private:
        if port not in PORTS:
            raise MessengerUnavailable(f"{port} no es un puerto de correo", cause=Cause.PRIVATE)
        if not all(is_public(str(address[0])) for *_, address in found):
            raise MessengerUnavailable(f"{host} {WAY_OUT.format(host=host)}", cause=Cause.PRIVATE)
    family, kind, protocol, _, address = found[0]
    line = socket.socket(family, kind, protocol)
    line.setblocking(False)
    try:
        await asyncio.wait_for(loop.sock_connect(line, address), seconds)
    except (OSError, TimeoutError) as deaf:
        line.close()
        raise MessengerUnavailable(f"{host} no contesta en el puerto {port}", cause=Cause.SERVER) from deaf
    except BaseException:
        line.close()
        raise
    return line


def is_public(text: str) -> bool:
    """
    >>> [is_public(one) for one in ("8.8.8.8", "127.0.0.1", "169.254.169.254", "100.64.0.1", "::1", "224.0.0.1")]
    [True, False, False, False, False, False]
    >>> is_public("::ffff:10.0.0.1"), is_public("64:ff9b::a9fe:a9fe"), is_public("fd00::1")
    (False, False, False)
    """
    address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or (IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else None)
        address = inner or address
    return address.is_global and not address.is_multicast
